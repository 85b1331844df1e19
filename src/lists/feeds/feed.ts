import type { Region } from '../../numbers/phone-number.ts';
import type { DeclaredList } from '../../policy/compile/declared-lists.ts';
import type { Clock } from '../../process/clock.ts';
import { PackedList } from '../held/packed-list.ts';
import type { ListFileTask, LoadedFile } from '../load-list-file.ts';
import type { FeedStore, KeptFeed, QuarantinedFeed } from './feed-store.ts';
import type { FeedAnswer, FeedRequest } from './fetch-feed.ts';
import { FeedError } from './fetch-feed.ts';
import type { OverCap } from './over-cap.ts';

const fetchTimeoutMs = 5 * 60_000;
const firstRetryMs = 60_000;

export interface FeedDeps {
  readonly store: FeedStore;
  readonly clock: Clock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly fetch: (request: FeedRequest) => Promise<FeedAnswer>;
  readonly load: (task: ListFileTask) => Promise<LoadedFile>;
  readonly maxBytes: number;
  /** Which cap the new content exceeds; null: none. */
  readonly overCap: (list: PackedList) => Promise<OverCap | null>;
  /** There is new content, to be loaded with the policy. */
  readonly changed: (id: string) => void;
  /** The status changed. */
  readonly statusChanged: (id: string) => void;
}

export interface FeedState {
  /** The newest content in force or about to be. */
  readonly kept: KeptFeed | null;
  /** Content that waits until an admin accepts it or newer content arrives. */
  readonly quarantined: QuarantinedFeed | null;
  readonly lastError: { readonly at: number; readonly code: string; readonly message: string } | null;
  readonly nextFetchAt: number | null;
}

/**
 * Fetches one feed on its schedule, with jitter. New content must parse as a list and stay within the list's caps, else it
 * goes into quarantine; then the policy is loaded with it. Failures are retried after 1, 2, 4 … minutes.
 */
export class Feed {
  readonly #declared: DeclaredList & { readonly source: { readonly kind: 'feed' } };
  readonly #task: Pick<ListFileTask, 'id' | 'reading' | 'cacheDir' | 'mayWrite'> & {
    readonly region: Region;
  };
  readonly #deps: FeedDeps;
  readonly #stop = new AbortController();
  #kept: KeptFeed | null;
  #quarantined: QuarantinedFeed | null;
  #lastError: FeedState['lastError'] = null;
  #nextFetchAt: number | null = null;
  #failures = 0;
  #cancel: (() => void) | null = null;
  #running: Promise<void> | null = null;

  constructor(
    declared: DeclaredList & { readonly source: { readonly kind: 'feed' } },
    task: Pick<ListFileTask, 'cacheDir' | 'mayWrite' | 'region'>,
    known: Pick<FeedState, 'kept' | 'quarantined'>,
    deps: FeedDeps,
  ) {
    this.#declared = declared;
    this.#task = { id: declared.id, reading: declared.reading, ...task };
    this.#kept = known.kept;
    this.#quarantined = known.quarantined;
    this.#deps = deps;
  }

  /** Fetches at once when nothing is kept or the feed is due, else when it is due. */
  start(): void {
    const due = this.#kept === null ? 0 : this.#kept.checkedAt + this.#everyMs() - this.#deps.clock.now();
    // Many nodes may restart in the same second.
    this.#schedule(this.#kept === null ? 0 : Math.max(due, 0) + this.#deps.random() * 10_000);
  }

  get state(): FeedState {
    const quarantined = this.#quarantined;
    return {
      kept: this.#kept,
      quarantined,
      lastError: this.#lastError ?? quarantined,
      nextFetchAt: this.#nextFetchAt,
    };
  }

  /** Kept or quarantined content changed elsewhere: a policy loaded or failed to load with it, or an admin accepted it. */
  learn(known: Pick<FeedState, 'kept' | 'quarantined'>): void {
    this.#kept = known.kept;
    this.#quarantined = known.quarantined;
  }

  /** Fetches now; never rejects. One at a time. */
  fetchNow(): Promise<void> {
    this.#cancel?.();
    this.#running ??= this.#fetch().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  /** Ends its waits and its fetch. */
  close(): void {
    this.#cancel?.();
    this.#nextFetchAt = null;
    this.#stop.abort();
  }

  async #fetch(): Promise<void> {
    const { clock, statusChanged } = this.#deps;
    try {
      await this.#fetchOnce();
      this.#failures = 0;
      this.#lastError = null;
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#failures++;
      const { code = 'feed-unreachable', message } = error as { code?: string; message: string };
      this.#lastError = { at: clock.now(), code, message };
    }
    if (this.#stop.signal.aborted) return;
    this.#schedule(this.#failures === 0 ? this.#everyMs() : this.#retryMs());
    statusChanged(this.#declared.id);
  }

  async #fetchOnce(): Promise<void> {
    const { store, clock, fetch, changed } = this.#deps;
    const { id, source } = this.#declared;
    await store.prepare();
    try {
      const answer = await fetch({
        url: source.url,
        etag: this.#kept?.etag ?? null,
        lastModified: this.#kept?.lastModified ?? null,
        target: store.freshPath(id),
        maxBytes: this.#deps.maxBytes,
        timeoutMs: fetchTimeoutMs,
        signal: this.#stop.signal,
        redirectHosts: source.redirectHosts ?? [],
      });
      const now = clock.now();
      if (answer.kind === 'unchanged' && this.#kept !== null) {
        await this.#note({ ...this.#kept, checkedAt: now });
        return;
      }
      if (answer.kind === 'unchanged')
        throw new FeedError('feed-status', 'nothing is kept, and nothing came');
      const list = await this.#mustBeList();
      const { etag, lastModified } = answer;
      const kept = { url: source.url, etag, lastModified, fetchedAt: now, checkedAt: now };
      const over = await this.#deps.overCap(list);
      if (over !== null) {
        const before = this.#quarantined;
        const since = before?.message === over.message ? before.at : now;
        this.#quarantined = { ...kept, ...over, at: since };
        await store.quarantine(id, 'fresh', this.#quarantined);
        return;
      }
      await store.propose(id, kept);
      this.#kept = kept;
      this.#quarantined = null;
      changed(id);
    } finally {
      await store.dropFresh(id);
    }
  }

  async #note(kept: KeptFeed): Promise<void> {
    this.#kept = kept;
    await this.#deps.store.note(this.#declared.id, kept);
  }

  /** An error page, a cut file or another format must not empty a list. */
  async #mustBeList(): Promise<PackedList> {
    const loaded = await this.#deps.load({
      ...this.#task,
      path: this.#deps.store.freshPath(this.#declared.id),
    });
    const list = new PackedList(this.#declared.id, loaded.image);
    const { size, stats, problems } = list;
    const fault = problems.find(({ severity }) => severity === 'error');
    if (loaded.bad)
      throw new FeedError('feed-not-a-list', `line ${fault?.line ?? 1}: ${fault?.message ?? 'not a list'}`);
    const read = size + stats.duplicates + stats.belowMinimum;
    if (read === 0 || stats.badRows > read) {
      const said = problems[0] ? `, the first in line ${problems[0].line}: ${problems[0].message}` : '';
      throw new FeedError(
        'feed-not-a-list',
        `${read} rows could be read and ${stats.badRows} could not${said}`,
      );
    }
    return list;
  }

  #schedule(ms: number): void {
    this.#cancel?.();
    this.#nextFetchAt = this.#deps.clock.now() + ms;
    this.#cancel = this.#deps.clock.after(ms, () => void this.fetchNow(), { keepsAlive: false });
  }

  #everyMs(): number {
    return this.#declared.source.everyMs * (0.95 + this.#deps.random() * 0.1);
  }

  #retryMs(): number {
    const full = Math.min(
      this.#declared.source.everyMs,
      firstRetryMs * 2 ** Math.min(this.#failures - 1, 12),
    );
    return full * (0.5 + this.#deps.random() * 0.5);
  }
}
