import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import { silentLog } from '../log/log.ts';
import type { Region } from '../numbers/phone-number.ts';
import type { DeclaredList, ReadyList } from '../policy/compile/declared-lists.ts';
import type { Problem } from '../policy/problem.ts';
import { type Clock, systemClock } from '../process/clock.ts';
import { shownFeed } from './feeds/fetch-feed.ts';
import { type FeedChoice, type FeedOptions, FollowedFeeds } from './feeds/followed-feeds.ts';
import { readNewestImage } from './held/image-cache.ts';
import type { PackedList } from './held/packed-list.ts';
import { emptyList, type HeldList, heldList, unfetchedList, unreadStatus } from './held-list.ts';
import { type ListStatus, writeStatus } from './list-status.ts';
import { loadInWorker } from './load-in-worker.ts';
import { fileError } from './regular-file.ts';
import { forgetReplaced, replacedDir, replacedList } from './replaced-list.ts';

export interface ListLibraryOptions extends FeedOptions {
  /** Where images, feeds and the status are kept; null: nowhere, and feeds are empty. */
  readonly dir: string | null;
  /** `gatehouse serve`: it alone writes to `dir`, fetches feeds, and keeps the last good list when a file is bad. */
  readonly serving: boolean;
  readonly log?: Log;
  readonly clock?: Clock;
}

const newestFeeds: FeedChoice = { from: 'store', candidates: 'all' };
const inForceFeeds: FeedChoice = { from: 'store', candidates: new Set() };

/** The lists of a rule directory: read again when their content changes, feeds fetched on their schedules. */
export class ListLibrary {
  readonly #options: ListLibraryOptions;
  readonly #log: Log;
  readonly #clock: Clock;
  /** Null: there is no folder for them, and they are empty. */
  readonly #feeds: FollowedFeeds | null;
  readonly #held = new Map<string, HeldList>();
  /** Opened last, for a policy that may still be refused. */
  readonly #opened = new Map<string, HeldList>();
  /** Of the policy in force. */
  #inForce: ReadonlyMap<string, HeldList> = new Map();
  readonly #listeners = new Set<(id: string) => void>();
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: ListLibraryOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#clock = options.clock ?? systemClock;
    const { dir } = options;
    this.#feeds =
      dir === null
        ? null
        : new FollowedFeeds({
            ...options,
            ...{ dir, clock: this.#clock, log: this.#log },
            inForce: (id) => this.#inForce.get(id)?.list ?? null,
            changed: (id) => {
              for (const listener of this.#listeners) listener(id);
            },
            statusChanged: () => this.#save(),
          });
  }

  /**
   * Reads the lists that changed since the last time. Never rejects: faults are among each list's problems.
   * @param root the rule directory as the user typed it. @param readFrom the same, without links
   */
  async open(
    declared: readonly DeclaredList[],
    region: Region,
    root: string,
    readFrom: string,
    feeds: FeedChoice = newestFeeds,
  ): Promise<ReadonlyMap<string, ReadyList>> {
    const ready = new Map<string, ReadyList>();
    this.#opened.clear();
    this.#feeds?.forgetCandidates();
    // One after the other: each may take a thread and some 400 MB while it is read.
    for (const one of declared) {
      const held = await this.#openOne(one, region, root, readFrom, feeds);
      this.#held.set(one.id, held);
      this.#opened.set(one.id, held);
      ready.set(one.id, held.ready);
    }
    return ready;
  }

  /**
   * The same with other files in the place of some lists, by id, to see what would become of the policy; nothing that is held
   * changes. @throws ListFileError of those files
   */
  async openReplaced(
    declared: readonly DeclaredList[],
    region: Region,
    root: string,
    readFrom: string,
    replaced: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, ReadyList>> {
    const ready = new Map<string, ReadyList>();
    for (const one of declared) {
      const path = replaced.get(one.id);
      const { dir } = this.#options;
      const held =
        path === undefined
          ? await this.#openOne(one, region, root, readFrom, inForceFeeds)
          : await replacedList(one, { region, file: shownSource(one, root), path, dir });
      ready.set(one.id, held.ready);
    }
    return ready;
  }

  /** Removes what `openReplaced` made. `adopted`: the list whose file took the place of the one before. */
  async forgetReplaced(adopted?: string): Promise<void> {
    if (this.#options.dir !== null) await forgetReplaced(this.#options.dir, adopted);
  }

  /** Feeds whose open content has not been loaded with a policy yet. */
  get candidates(): readonly string[] {
    return this.#feeds?.candidates ?? [];
  }

  /** Folders that may have the image of a list. */
  get imageDirs(): readonly string[] {
    const { dir } = this.#options;
    return dir === null ? [] : [dir, replacedDir(dir)];
  }

  /** Folder of the feeds' bodies; null: there is none. */
  get feedsDir(): string | null {
    return this.#feeds?.store.dir ?? null;
  }

  /** A policy came into force with the lists opened last: they are now the last good ones. */
  async accepted(): Promise<void> {
    this.#inForce = new Map(this.#opened);
    await this.#feeds?.promote();
    this.#save();
  }

  /** The policy loads without this feed's new content and not with it: the content goes into quarantine. */
  async refuse(declared: DeclaredList, fault: Problem | undefined): Promise<void> {
    await this.#feeds?.refuse(declared, fault);
  }

  /** From now on exactly the feeds of these lists are fetched. */
  follow(declared: readonly DeclaredList[], region: Region): void {
    if (!this.#options.serving || this.#closed) return;
    const ids = new Set(declared.map(({ id }) => id));
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#held.delete(id);
    this.#feeds?.follow(declared, region);
    this.#save();
  }

  /** The state of each list, in order of declaration. */
  status(): readonly ListStatus[] {
    const shown = this.#inForce.size > 0 ? this.#inForce : this.#held;
    return [...shown].map(([id, { status }]) => {
      const feed = this.#feeds?.state(id);
      if (!feed) return status;
      const { quarantined } = feed;
      return {
        ...status,
        lastError: feed.lastError && {
          at: feed.lastError.at,
          code: feed.lastError.code,
          message: feed.lastError.message,
        },
        ...(feed.lastError === null && { lastError: status.lastError }),
        quarantined: quarantined && {
          at: quarantined.at,
          code: quarantined.code,
          message: quarantined.message,
        },
        contentAt: feed.kept?.fetchedAt ?? null,
        checkedAt: feed.kept?.checkedAt ?? null,
        nextFetchAt: feed.nextFetchAt,
      };
    });
  }

  /** The list as it was last read, to show where a number is listed. */
  list(id: string): PackedList | null {
    return (this.#inForce.get(id) ?? this.#held.get(id))?.list ?? null;
  }

  /** Called when a feed has new content and the policy must be reloaded. Returns the function that unsubscribes. */
  onChange(listener: (id: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Fetches a feed now, or all. Never rejects. */
  async fetchNow(id?: string): Promise<void> {
    await this.#feeds?.fetchNow(id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#feeds?.close();
    this.#listeners.clear();
    await this.#writing;
  }

  async #openOne(
    declared: DeclaredList,
    region: Region,
    root: string,
    readFrom: string,
    feeds: FeedChoice,
  ): Promise<HeldList> {
    const { id, source, reading } = declared;
    const file = shownSource(declared, root);
    const chosen = source.kind === 'feed' ? ((await this.#feeds?.body(id, source.url, feeds)) ?? null) : null;
    if (source.kind === 'feed' && chosen === null) return unfetchedList(declared, file, region);
    const kept = chosen?.kept ?? null;
    const path = source.kind === 'file' ? join(readFrom, source.path) : (chosen?.path ?? '');
    const found = await stat(path, { bigint: true }).catch(() => null);
    const times = found ? `${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}` : 'none';
    const signature = JSON.stringify([times, source.kind === 'feed' ? source.url : file, reading, region]);
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
        this.#log.warn('A list image could not be cached', { list: id, error: loaded.cacheError });
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
      // policy.yaml reports a missing file, at the line that names it.
      const list = code === 'missing-file' ? null : emptyList(declared, region);
      const ready = { list, digest: code, problems: code === 'missing-file' ? [] : [fault] };
      return { signature, ready, list, status: { ...unreadStatus(declared, file), lastError } };
    }
  }

  /** When a file is bad, the last good list stays in force, with a warning. */
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
    this.#log.error('A list file could not be read; the last good list stays in force', {
      list: id,
      ...lastError,
    });
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

  #save(): void {
    const { dir } = this.#options;
    if (dir === null) return;
    this.#writing = this.#writing
      .then(() => writeStatus(dir, this.status()))
      .catch((error: unknown) =>
        this.#log.warn('The list status could not be saved', { error: String(error) }),
      );
  }
}

/** As problems name it. @param root the rule directory as the user typed it */
function shownSource({ source }: DeclaredList, root: string): string {
  return source.kind === 'file' ? `${root.replace(/\/+$/, '')}/${source.path}` : shownFeed(source.url);
}
