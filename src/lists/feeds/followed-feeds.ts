import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../../log/log.ts';
import type { Region } from '../../numbers/phone-number.ts';
import type { DeclaredList } from '../../policy/compile/declared-lists.ts';
import type { Problem } from '../../policy/problem.ts';
import type { Clock } from '../../process/clock.ts';
import type { PackedList } from '../held/packed-list.ts';
import { loadInWorker } from '../load-in-worker.ts';
import { Feed, type FeedDeps, type FeedState } from './feed.ts';
import { FeedStore, type KeptFeed } from './feed-store.ts';
import { fetchFeed } from './fetch-feed.ts';
import { type CountListedCallers, overCap } from './over-cap.ts';

/** Which bodies of feeds are opened. */
export type FeedChoice =
  /** Those in force, and of these lists a newer one if it came. */
  | { readonly from: 'store'; readonly candidates: 'all' | ReadonlySet<string> }
  /** Of another folder; null: none at all. */
  | { readonly from: FeedStore | null };

export interface FeedOptions {
  readonly random?: () => number;
  readonly fetch?: FeedDeps['fetch'];
  /** Longer feeds are refused. */
  readonly maxFeedBytes?: number;
  readonly countCallers?: CountListedCallers;
}

interface FollowedFeedsDeps extends FeedOptions {
  /** Where lists are kept. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The list that new content would replace. */
  readonly inForce: (id: string) => PackedList | null;
  /** A feed has new content, to be loaded with the policy. */
  readonly changed: (id: string) => void;
  /** The status changed. */
  readonly statusChanged: () => void;
}

const usualFeedBytes = 64 * 1024 * 1024;
const cannotCount: CountListedCallers = async () => null;

/** All feeds: what is kept of each, when they are fetched, and whether their content comes into force. */
export class FollowedFeeds {
  readonly #deps: FollowedFeedsDeps;
  readonly #store: FeedStore;
  readonly #feeds = new Map<string, { readonly of: string; readonly url: string; readonly feed: Feed }>();
  /** Opened last with content that has not been loaded with a policy yet. */
  readonly #candidates = new Map<string, KeptFeed>();
  #releases: FSWatcher | null = null;
  #closed = false;

  constructor(deps: FollowedFeedsDeps) {
    this.#deps = deps;
    this.#store = new FeedStore(join(deps.dir, 'feeds'));
  }

  get store(): FeedStore {
    return this.#store;
  }

  get candidates(): readonly string[] {
    return [...this.#candidates.keys()];
  }

  state(id: string): FeedState | null {
    return this.#feeds.get(id)?.feed.state ?? null;
  }

  /** Before lists are opened again. */
  forgetCandidates(): void {
    this.#candidates.clear();
  }

  /** Null: nothing is kept of this address. */
  async body(
    id: string,
    url: string,
    choice: FeedChoice,
  ): Promise<{ readonly path: string; readonly kept: KeptFeed } | null> {
    const store = choice.from === 'store' ? this.#store : choice.from;
    if (store === null) return null;
    if (choice.from === 'store' && (choice.candidates === 'all' || choice.candidates.has(id))) {
      const candidate = await store.candidate(id, url);
      if (candidate !== null) {
        this.#candidates.set(id, candidate);
        return { path: store.candidatePath(id), kept: candidate };
      }
    }
    const kept = await store.kept(id, url);
    return kept && { path: store.bodyPath(id), kept };
  }

  /** A policy was loaded with the candidates. */
  async promote(): Promise<void> {
    for (const [id, kept] of this.#candidates) {
      // Newer content arrived meanwhile: the next load takes it.
      const newest = await this.#store.candidate(id, kept.url);
      if (newest?.fetchedAt !== kept.fetchedAt) continue;
      await this.#store.promote(id, kept).catch((error: unknown) => this.#cannotKeep(id, error));
      await this.#learn(id);
    }
    this.#candidates.clear();
  }

  /** The policy loads without this feed's new content and not with it: the content goes into quarantine. */
  async refuse({ id, source }: DeclaredList, fault: Problem | undefined): Promise<void> {
    const kept = source.kind === 'feed' ? await this.#store.candidate(id, source.url) : null;
    if (kept === null) return;
    const said = fault ? `: ${fault.message}` : '';
    const remedy = 'ask the publisher to remove the row, or put a rule that connects the number above it';
    const message = `with the feed's new content the policy is refused${said}; ${remedy}, then gatehouse lists accept ${id}`;
    const why = { ...kept, at: this.#deps.clock.now(), code: 'feed-policy-refused', message };
    await this.#store.quarantine(id, 'candidate', why).catch((error: unknown) => this.#cannotKeep(id, error));
    this.#deps.log.error('A feed is in quarantine: the policy is refused with its content', {
      list: id,
      message,
    });
    await this.#learn(id);
    this.#deps.statusChanged();
  }

  /** From now on exactly the feeds of these lists are fetched. */
  follow(declared: readonly DeclaredList[], region: Region): void {
    if (this.#closed) return;
    const wanted = new Map(declared.map((one) => [one.id, JSON.stringify([one, region])]));
    for (const [id, { of, feed }] of this.#feeds) {
      if (wanted.get(id) === of) continue;
      feed.close();
      this.#feeds.delete(id);
    }
    for (const one of declared) {
      if (one.source.kind === 'feed' && !this.#feeds.has(one.id))
        void this.#start({ ...one, source: one.source }, region, wanted.get(one.id) ?? '');
    }
  }

  /** Fetches a feed now, or all. Never rejects. */
  async fetchNow(id?: string): Promise<void> {
    const asked = [...this.#feeds].filter(([one]) => id === undefined || one === id);
    await Promise.all(asked.map(([, { feed }]) => feed.fetchNow()));
  }

  close(): void {
    this.#closed = true;
    this.#releases?.close();
    for (const { feed } of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }

  async #start(declared: ConstructorParameters<typeof Feed>[0], region: Region, of: string): Promise<void> {
    const { id, source, blocks } = declared;
    const known = await this.#known(id, source.url);
    if (this.#closed || this.#feeds.has(id)) return;
    const { dir: cacheDir, clock, log, random = Math.random, fetch = fetchFeed, ...deps } = this.#deps;
    const feed = new Feed(declared, { cacheDir, mayWrite: true, region }, known, {
      ...{ store: this.#store, clock, random, fetch, load: loadInWorker },
      maxBytes: deps.maxFeedBytes ?? usualFeedBytes,
      overCap: (list) =>
        overCap(list, deps.inForce(id), source.caps, blocks, deps.countCallers ?? cannotCount),
      changed: (changed) => {
        log.info('A feed has new content', { list: changed });
        deps.changed(changed);
      },
      statusChanged: () => {
        this.#logState(id, feed.state);
        deps.statusChanged();
      },
    });
    this.#feeds.set(id, { of, url: source.url, feed });
    feed.start();
    this.#watchReleases();
  }

  #logState(list: string, { lastError, quarantined }: FeedState): void {
    const { log } = this.#deps;
    if (quarantined) {
      const { code, message } = quarantined;
      const remedy = `check it, then run gatehouse lists accept ${list}; or wait for the next fetch`;
      log.error('A feed is in quarantine; its last good content stays in force', {
        list,
        code,
        message,
        remedy,
      });
    } else if (lastError)
      log.warn('A feed could not be fetched; the last good list stays in force', { list, ...lastError });
  }

  /** `gatehouse lists accept` is another process; it writes a file here. */
  #watchReleases(): void {
    if (this.#releases !== null) return;
    try {
      mkdirSync(this.#store.dir, { recursive: true });
      this.#releases = watch(this.#store.dir, { persistent: false }, (_event, name) => {
        const id = name?.endsWith('.candidate.json') ? name.slice(0, -'.candidate.json'.length) : null;
        if (id !== null && this.#feeds.has(id)) void this.#released(id);
      });
      this.#releases.on('error', () => undefined);
    } catch (error) {
      this.#deps.log.warn('Accepted feeds take effect at the next reload only', { error: String(error) });
    }
  }

  async #released(id: string): Promise<void> {
    const url = this.#feeds.get(id)?.url;
    const candidate = url === undefined ? null : await this.#store.candidate(id, url);
    if (!candidate?.released || this.#closed) return;
    this.#deps.log.info('A quarantined feed was accepted', { list: id });
    await this.#learn(id);
    this.#deps.changed(id);
  }

  async #known(id: string, url: string): Promise<Pick<FeedState, 'kept' | 'quarantined'>> {
    const kept = (await this.#store.candidate(id, url)) ?? (await this.#store.kept(id, url));
    return { kept, quarantined: await this.#store.quarantined(id, url) };
  }

  async #learn(id: string): Promise<void> {
    const followed = this.#feeds.get(id);
    if (followed) followed.feed.learn(await this.#known(id, followed.url));
  }

  #cannotKeep(id: string, error: unknown): void {
    this.#deps.log.error('The state of a feed could not be saved', { list: id, error: String(error) });
  }
}
