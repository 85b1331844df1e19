import type { DeclaredList } from '../policy/declared-lists.ts';
import { PackedList } from '../policy/lists/packed-list.ts';
import type { Region } from '../policy/phone-number.ts';
import { FeedError } from './feed-error.ts';
import type { FeedStore, KeptFeed } from './feed-store.ts';
import type { FeedAnswer, FeedRequest } from './fetch-feed.ts';
import type { ListClock } from './list-clock.ts';
import type { ListFileTask, LoadedFile } from './load-list-file.ts';
import { maxListBytes } from './load-list-file.ts';

const fetchTimeoutMs = 5 * 60_000;
const firstRetryMs = 60_000;

export interface FeedDeps {
  readonly store: FeedStore;
  readonly clock: ListClock;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly fetch: (request: FeedRequest) => Promise<FeedAnswer>;
  readonly load: (task: ListFileTask) => Promise<LoadedFile>;
  /** Another content is kept now. */
  readonly changed: (id: string) => void;
  /** Something of the status is new. */
  readonly told: (id: string) => void;
}

export interface FeedState {
  readonly kept: KeptFeed | null;
  readonly lastError: { readonly at: number; readonly code: string; readonly message: string } | null;
  readonly nextFetchAt: number | null;
}

/**
 * Fetches one feed on its schedule, each time a little sooner or later than all the others that fetch it. What comes must
 * be read as a list before it takes the place of what was kept; after a failure it is tried again after 1, 2, 4 … minutes.
 */
export class Feed {
  readonly #declared: DeclaredList & { readonly source: { readonly kind: 'feed' } };
  readonly #task: Pick<ListFileTask, 'id' | 'reading' | 'cacheDir' | 'mayWrite'> & {
    readonly region: Region;
  };
  readonly #deps: FeedDeps;
  readonly #stop = new AbortController();
  #kept: KeptFeed | null;
  #lastError: FeedState['lastError'] = null;
  #nextFetchAt: number | null = null;
  #failures = 0;
  #cancel: (() => void) | null = null;
  #running: Promise<void> | null = null;

  constructor(
    declared: DeclaredList & { readonly source: { readonly kind: 'feed' } },
    task: Pick<ListFileTask, 'cacheDir' | 'mayWrite' | 'region'>,
    kept: KeptFeed | null,
    deps: FeedDeps,
  ) {
    this.#declared = declared;
    this.#task = { id: declared.id, reading: declared.reading, ...task };
    this.#kept = kept;
    this.#deps = deps;
  }

  /** Fetches at once when nothing is kept, or when the time has come; else when it comes. */
  start(): void {
    const due = this.#kept === null ? 0 : this.#kept.checkedAt + this.#everyMs() - this.#deps.clock.now();
    // After a restart of many nodes they must not all ask in the same second.
    this.#schedule(this.#kept === null ? 0 : Math.max(due, 0) + this.#deps.random() * 10_000);
  }

  get state(): FeedState {
    return { kept: this.#kept, lastError: this.#lastError, nextFetchAt: this.#nextFetchAt };
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
    const { clock, told } = this.#deps;
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
    told(this.#declared.id);
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
        maxBytes: maxListBytes,
        timeoutMs: fetchTimeoutMs,
        signal: this.#stop.signal,
      });
      const now = clock.now();
      if (answer.kind === 'unchanged' && this.#kept !== null) {
        await this.#note({ ...this.#kept, checkedAt: now });
        return;
      }
      if (answer.kind === 'unchanged')
        throw new FeedError('feed-status', 'nothing is kept, and nothing came');
      await this.#mustBeList();
      const { etag, lastModified } = answer;
      const kept = { url: source.url, etag, lastModified, fetchedAt: now, checkedAt: now };
      await store.keep(id, kept);
      this.#kept = kept;
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
  async #mustBeList(): Promise<void> {
    const loaded = await this.#deps.load({
      ...this.#task,
      path: this.#deps.store.freshPath(this.#declared.id),
    });
    const { size, stats, problems } = new PackedList(this.#declared.id, loaded.image);
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
  }

  #schedule(ms: number): void {
    this.#cancel?.();
    this.#nextFetchAt = this.#deps.clock.now() + ms;
    this.#cancel = this.#deps.clock.after(ms, () => void this.fetchNow());
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
