import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import { silentLog } from '../log/log.ts';
import type { DeclaredList, ReadyList } from '../policy/declared-lists.ts';
import type { PackedList } from '../policy/lists/packed-list.ts';
import type { Region } from '../policy/phone-number.ts';
import type { Problem } from '../policy/problem.ts';
import { Feed, type FeedDeps } from './feed.ts';
import { FeedStore } from './feed-store.ts';
import { fetchFeed } from './fetch-feed.ts';
import { emptyList, type HeldList, heldList, unfetchedList, unreadStatus } from './held-list.ts';
import { readNewestImage } from './image-cache.ts';
import { type ListClock, realListClock } from './list-clock.ts';
import { fileError } from './list-file-error.ts';
import { type ListStatus, writeStatus } from './list-status.ts';
import { loadInWorker } from './load-in-worker.ts';

export interface ListLibraryOptions {
  /** Where images, feeds and the status are kept; null: nowhere, and feeds are empty. */
  readonly dir: string | null;
  /** True for the one serving process: it writes to `dir`, fetches feeds, and lets a last good list stand in for a bad file. */
  readonly serving: boolean;
  readonly log?: Log;
  readonly clock?: ListClock;
  readonly random?: () => number;
  readonly fetch?: FeedDeps['fetch'];
}

/** The lists of a rule directory, read once for each content, and the feeds among them fetched on their schedules. */
export class ListLibrary {
  readonly #options: ListLibraryOptions;
  readonly #log: Log;
  readonly #clock: ListClock;
  readonly #feedStore: FeedStore | null;
  readonly #held = new Map<string, HeldList>();
  readonly #feeds = new Map<string, { readonly of: string; readonly feed: Feed }>();
  readonly #listeners = new Set<(id: string) => void>();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ListLibraryOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#clock = options.clock ?? realListClock;
    this.#feedStore = options.dir === null ? null : new FeedStore(join(options.dir, 'feeds'));
  }

  /**
   * Reads what has changed since the last time. Never rejects: what is wrong is among each list's problems.
   * @param root the rule directory as the user typed it. @param readFrom the same, without links
   */
  async open(
    declared: readonly DeclaredList[],
    region: Region,
    root: string,
    readFrom: string,
  ): Promise<ReadonlyMap<string, ReadyList>> {
    const ready = new Map<string, ReadyList>();
    // One after the other: each may take a thread and some 400 MB while it is read.
    for (const one of declared) {
      const held = await this.#openOne(one, region, root, readFrom);
      this.#held.set(one.id, held);
      ready.set(one.id, held.ready);
    }
    return ready;
  }

  /** These lists are in force: their feeds are followed, no others. */
  follow(declared: readonly DeclaredList[], region: Region): void {
    if (!this.#options.serving || this.#closed) return;
    const wanted = new Map(declared.map((one) => [one.id, JSON.stringify([one, region])]));
    for (const [id, { of, feed }] of this.#feeds) {
      if (wanted.get(id) === of) continue;
      feed.close();
      this.#feeds.delete(id);
    }
    for (const id of this.#held.keys()) if (!wanted.has(id)) this.#held.delete(id);
    for (const one of declared) {
      if (one.source.kind === 'feed' && !this.#feeds.has(one.id))
        void this.#startFeed({ ...one, source: one.source }, region, wanted.get(one.id) ?? '');
    }
    this.#save();
  }

  /** How each list does, in the order of their declaration. */
  status(): readonly ListStatus[] {
    return [...this.#held].map(([id, { status }]) => {
      const feed = this.#feeds.get(id)?.feed.state;
      if (!feed) return status;
      return {
        ...status,
        lastError: feed.lastError ?? status.lastError,
        contentAt: feed.kept?.fetchedAt ?? null,
        checkedAt: feed.kept?.checkedAt ?? null,
        nextFetchAt: feed.nextFetchAt,
      };
    });
  }

  /** The list as it was last read, for people who ask where a number stands. */
  list(id: string): PackedList | null {
    return this.#held.get(id)?.list ?? null;
  }

  /** Called when a feed brought another content: the policy is to be loaded again. Returns what ends it. */
  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches a feed now, or all. Never rejects. */
  async fetchNow(id?: string): Promise<void> {
    const asked = [...this.#feeds].filter(([one]) => id === undefined || one === id);
    await Promise.all(asked.map(([, { feed }]) => feed.fetchNow()));
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { feed } of this.#feeds.values()) feed.close();
    this.#feeds.clear();
    this.#listeners.clear();
    await this.#writing;
  }

  async #openOne(declared: DeclaredList, region: Region, root: string, readFrom: string): Promise<HeldList> {
    const { id, source, reading } = declared;
    const file = source.kind === 'file' ? `${root.replace(/\/+$/, '')}/${source.path}` : source.url;
    const kept = source.kind === 'feed' ? ((await this.#feedStore?.kept(id, source.url)) ?? null) : null;
    const path =
      source.kind === 'file' ? join(readFrom, source.path) : (this.#feedStore?.bodyPath(id) ?? null);
    if (path === null || (source.kind === 'feed' && kept === null))
      return unfetchedList(declared, file, region);
    const found = await stat(path, { bigint: true }).catch(() => null);
    const times = found ? `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}` : 'none';
    const signature = JSON.stringify([times, file, reading, region]);
    const before = this.#held.get(id);
    if (found && before?.signature === signature && before.list && before.status.lastError === null)
      return before;
    const contentAt = kept?.fetchedAt ?? (found ? Number(found.mtimeMs) : null);
    const checkedAt = kept?.checkedAt ?? this.#clock.now();
    const cacheDir = this.#options.dir;
    try {
      const task = { id, path, reading, region, cacheDir, mayWrite: this.#options.serving };
      const loaded = await loadInWorker(task);
      if (loaded.cacheError !== null)
        this.#log.warn('the image of a list cannot be kept', { list: id, error: loaded.cacheError });
      const held = heldList(declared, file, loaded, { signature, contentAt, checkedAt });
      if (!loaded.bad) return held;
      const fault = held.ready.problems.find(({ severity }) => severity === 'error');
      return this.#lastGood(declared, file, signature, before, fault) ?? held;
    } catch (error) {
      const { code, message, remedy } = fileError(error);
      const fault: Problem = { severity: 'error', file, line: 1, column: 1, message, remedy, code };
      const standIn = this.#lastGood(declared, file, signature, before, fault);
      if (standIn) return standIn;
      const lastError = { at: this.#clock.now(), code, message };
      // A missing file is told where policy.yaml names it.
      const list = code === 'missing-file' ? null : emptyList(declared, region);
      const ready = { list, digest: code, problems: code === 'missing-file' ? [] : [fault] };
      return { signature, ready, list, status: { ...unreadStatus(declared, file), lastError } };
    }
  }

  /** A bad file leaves the last good list in force, and says so. */
  #lastGood(
    declared: DeclaredList,
    file: string,
    signature: string,
    before: HeldList | undefined,
    fault: Problem | undefined,
  ): HeldList | null {
    const { dir, serving } = this.#options;
    if (!serving || !fault) return null;
    const { id } = declared;
    const lastError = {
      at: this.#clock.now(),
      code: fault.code,
      message: `line ${fault.line}: ${fault.message}`,
    };
    const warning: Problem = {
      ...fault,
      severity: 'warning',
      message: `${fault.message}; the last good list "${id}" stays in force`,
    };
    this.#log.error('a list cannot be read, the last good one stays in force', { list: id, ...lastError });
    if (before?.list) {
      const ready = { ...before.ready, problems: [warning] };
      return { ...before, signature, ready, status: { ...before.status, lastError } };
    }
    const kept = dir === null ? null : readNewestImage(dir, id);
    if (!kept) return null;
    const loaded = { ...kept, fromCache: true, bad: false, rows: 0, badRows: 0, ms: 0, cacheError: null };
    const held = heldList(declared, file, loaded, { signature, contentAt: kept.madeAt, checkedAt: null });
    return { ...held, ready: { ...held.ready, problems: [warning] }, status: { ...held.status, lastError } };
  }

  async #startFeed(
    declared: ConstructorParameters<typeof Feed>[0],
    region: Region,
    of: string,
  ): Promise<void> {
    const store = this.#feedStore;
    if (!store) return;
    const kept = await store.kept(declared.id, declared.source.url);
    if (this.#closed || this.#feeds.has(declared.id)) return;
    const { dir: cacheDir, random = Math.random, fetch = fetchFeed } = this.#options;
    const feed = new Feed(declared, { cacheDir, mayWrite: true, region }, kept, {
      store,
      clock: this.#clock,
      random,
      fetch,
      load: loadInWorker,
      changed: (id) => {
        this.#log.info('a feed brought another list', { list: id });
        for (const listener of this.#listeners) listener(id);
      },
      told: (id) => {
        const { lastError } = feed.state;
        if (lastError)
          this.#log.warn('a feed could not be fetched, the last good list stays', { list: id, ...lastError });
        this.#save();
      },
    });
    this.#feeds.set(declared.id, { of, feed });
    feed.start();
  }

  #save(): void {
    const { dir } = this.#options;
    if (dir === null) return;
    this.#writing = this.#writing
      .then(() => writeStatus(dir, this.status()))
      .catch((error: unknown) =>
        this.#log.warn('the status of the lists cannot be kept', { error: String(error) }),
      );
  }
}
