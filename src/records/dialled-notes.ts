import { opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScreeningLog } from '../screening/ports.ts';
import { isWholeNote } from './bypass-note.ts';
import { type DialledNumber, dialledByNote } from './dialled-note.ts';
import { readSpoolFile, SpoolWatch } from './spool-folder.ts';

const unfinishedMs = 60_000;
const batchSize = 500;
const repeatedLogMs = 60_000;
// `~` stands in no name of a bypass note, which lies in the same folder.
const nameForm = /^dialled~\d{13}~[A-Za-z0-9][A-Za-z0-9._:-]{0,150}$/;

/** Where it is kept who may call back. */
export interface DialledNumbers {
  /** False when it was not kept and is to be tried again. Never rejects. */
  remember(dialled: readonly DialledNumber[]): Promise<boolean>;
}

export interface DialledNotesOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  /** How long a number that was dialled may call back. 0: never; the notes are only cleared away. */
  readonly forMs: number;
  /** ISO 3166; asked anew for every look, so that it follows the policy. */
  readonly defaultRegion: () => string;
  readonly numbers: DialledNumbers;
  readonly log: ScreeningLog;
}

/**
 * Lets the numbers that our people dial call back: the outbound dialplan leaves a file for each. While the store is away
 * the files stay; those whose time is over are dropped. Names and contents are as hostile as those of bypass notes.
 */
export class DialledNotes {
  readonly #options: DialledNotesOptions;
  readonly #watch: SpoolWatch;
  #collecting: Promise<number> | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DialledNotesOptions) {
    this.#options = options;
    this.#watch = new SpoolWatch(options.dir, () => void this.collect());
  }

  /** Takes in the notes that are there: how many it cleared away. Never rejects. */
  collect(): Promise<number> {
    this.#collecting ??= this.#collectAll()
      .catch((error: unknown) => {
        // A folder that is not there is complained of by the bypass notes.
        if ((error as { code?: unknown }).code !== 'ENOENT')
          this.#warn('notes of dialled numbers cannot be read', error);
        return 0;
      })
      .finally(() => {
        this.#collecting = null;
      });
    return this.#collecting;
  }

  /** Collects whenever the folder changes, and every 5 s. */
  watch(): void {
    this.#watch.start();
  }

  close(): void {
    this.#watch.close();
  }

  async #collectAll(): Promise<number> {
    let cleared = 0;
    let batch: { readonly name: string; readonly dialled: DialledNumber | null }[] = [];
    for await (const entry of await opendir(this.#options.dir)) {
      if (!entry.isFile() || !nameForm.test(entry.name)) continue;
      const found = await this.#read(entry.name);
      if (found === null) continue;
      batch.push({ name: entry.name, dialled: found.dialled });
      if (batch.length < batchSize) continue;
      const done = await this.#clear(batch);
      cleared += done;
      batch = [];
      // The store is away: the rest can wait where it is.
      if (done === 0) return cleared;
    }
    return cleared + (await this.#clear(batch));
  }

  /** Null when it is to be left: still being written, or not readable. `dialled` null: nothing to remember. */
  async #read(name: string): Promise<{ readonly dialled: DialledNumber | null } | null> {
    const { dir, forMs, defaultRegion } = this.#options;
    try {
      const note = await readSpoolFile(join(dir, name));
      if (note === null) return null;
      if (!isWholeNote(note.text) && Date.now() - note.writtenAt < unfinishedMs) return null;
      const dialled = dialledByNote(note, forMs, defaultRegion());
      return { dialled: dialled !== null && dialled.until > Date.now() ? dialled : null };
    } catch (error) {
      this.#warn('note of a dialled number cannot be read', error);
      return null;
    }
  }

  /** How many files it removed; those to be remembered only when they are. */
  async #clear(
    batch: readonly { readonly name: string; readonly dialled: DialledNumber | null }[],
  ): Promise<number> {
    const wanted = batch.flatMap(({ dialled }) => dialled ?? []);
    const kept = wanted.length === 0 || (await this.#options.numbers.remember(wanted));
    let cleared = 0;
    for (const { name, dialled } of batch) {
      if (dialled !== null && !kept) continue;
      try {
        await unlink(join(this.#options.dir, name));
        cleared++;
      } catch (error) {
        this.#warn('note of a dialled number cannot be removed', error);
      }
    }
    return cleared;
  }

  #warn(message: string, error: unknown): void {
    if (performance.now() - this.#loggedAt < repeatedLogMs) return;
    this.#loggedAt = performance.now();
    this.#options.log.warn(message, { dir: this.#options.dir, error: String(error) });
  }
}
