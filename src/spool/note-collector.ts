import { type FSWatcher, watch } from 'node:fs';
import { opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log/log.ts';
import { readSpoolFile, type SpoolFile } from './spool-file.ts';

const collectEveryMs = 5_000;
const gatherMs = 50;
/** Each change of the folder asks for a pass, and a pass reads all names: at most a tenth of the time goes into that. */
const restsPerPass = 10;
const repeatedLogMs = 60_000;

export interface SpoolNote extends SpoolFile {
  /** Asterisk's unique id of the call, the last part of the file's name. */
  readonly uniqueId: string;
  /** Since the last write. */
  readonly ageMs: number;
}

/** What to do with a note. `counts`: in the result of `collect`, by default when it is removed. `stop`: the rest waits. */
export interface Taken {
  readonly remove: boolean;
  readonly counts?: boolean;
  readonly stop?: boolean;
}

/** The note stays for a later pass. */
export const later: Taken = { remove: false };

export interface NoteCollectorOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL); all kinds of notes share it. */
  readonly dir: string;
  /** Of the files, in log lines: `bypass notes`. */
  readonly what: string;
  /** Matches the names of these files; its group is the unique id. Names and contents are hostile. */
  readonly nameForm: RegExp;
  /** What it throws is logged, and the note stays. */
  readonly take: (note: SpoolNote) => Taken | Promise<Taken>;
  /** True while calls wait for a decision: notes can wait longer. */
  readonly isBusy?: () => boolean;
  /** Called after each pass. */
  readonly afterPass?: () => void;
  /** One kind reports a missing folder for all. */
  readonly reportsMissingFolder?: boolean;
  readonly log: Log;
}

/**
 * Takes in one kind of notes that the dialplan leaves in the spool: when the folder changes, every 5 s, and on request. Only
 * plain files are read, at most 64 KiB each; links and pipes are never followed.
 */
export class NoteCollector {
  readonly #options: NoteCollectorOptions;
  #collecting: Promise<number> | null = null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  /** How long the latest pass took. */
  #passMs = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: NoteCollectorOptions) {
    this.#options = options;
  }

  /** Takes in what is there, once at a time: how many notes counted. Never rejects. */
  collect(): Promise<number> {
    this.#collecting ??= this.#collectAll().finally(() => {
      this.#collecting = null;
    });
    return this.#collecting;
  }

  watch(): void {
    if (this.#timer !== null) return;
    // Not every file system reports changes.
    this.#timer = setInterval(() => {
      this.#watchFolder();
      void this.collect();
    }, collectEveryMs);
    this.#watchFolder();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#watcher?.close();
    this.#timer = null;
    this.#soon = null;
    this.#watcher = null;
  }

  #watchFolder(): void {
    if (this.#watcher !== null) return;
    try {
      this.#watcher = watch(this.#options.dir, { persistent: false }, () => this.#collectSoon());
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
    } catch {
      // The folder is not there yet: `collect` reports it, and the next interval tries again.
    }
  }

  #collectSoon(): void {
    const rest = Math.min(Math.max(gatherMs, restsPerPass * this.#passMs), collectEveryMs);
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.collect();
    }, rest);
  }

  async #collectAll(): Promise<number> {
    const { dir, what, nameForm, isBusy, afterPass, reportsMissingFolder } = this.#options;
    const begunAt = performance.now();
    let count = 0;
    try {
      for await (const entry of await opendir(dir)) {
        if (isBusy?.()) break;
        const [, uniqueId] = nameForm.exec(entry.name) ?? [];
        if (!entry.isFile() || uniqueId === undefined) continue;
        const { counts, stop } = await this.#take(entry.name, uniqueId);
        if (counts) count++;
        if (stop) break;
      }
    } catch (error) {
      if (reportsMissingFolder || (error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#warn('Spool folder cannot be read', { what, error: String(error) });
    }
    this.#passMs = performance.now() - begunAt;
    afterPass?.();
    return count;
  }

  async #take(name: string, uniqueId: string): Promise<{ counts: boolean; stop: boolean }> {
    const { dir, what, take } = this.#options;
    const path = join(dir, name);
    try {
      const file = await readSpoolFile(path);
      if (file === null) return { counts: false, stop: false };
      const {
        remove,
        counts = remove,
        stop = false,
      } = await take({
        ...file,
        uniqueId,
        ageMs: Date.now() - file.writtenAt,
      });
      if (remove) await unlink(path);
      return { counts, stop };
    } catch (error) {
      this.#warn('Spool note cannot be processed', { what, note: name, error: String(error) });
      return { counts: false, stop: false };
    }
  }

  #warn(message: string, fields: Record<string, unknown>): void {
    if (performance.now() - this.#loggedAt < repeatedLogMs) return;
    this.#loggedAt = performance.now();
    this.#options.log.warn(message, { dir: this.#options.dir, ...fields });
  }
}
