import { opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutcomeLog, ScreeningLog } from '../screening/ports.ts';
import { isWholeNote, outcomeOfNote } from './bypass-note.ts';
import { readSpoolFile, SpoolWatch } from './spool-folder.ts';

const unfinishedMs = 60_000;
const liveCallMs = 5_000;
const repeatedLogMs = 60_000;
const uniqueIdForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,150}$/;

/** The outbox, as the notes see it. */
export interface NoteOutcomes extends OutcomeLog {
  /** True when the call's end is safe on disk. */
  isKept(callId: string): boolean;
  /** True while this process has the call in hand. */
  isOpenInThisRun(callId: string): boolean;
}

export interface BypassNotesOptions {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  readonly node: string;
  readonly defaultRegion: string;
  readonly outcomes: NoteOutcomes;
  readonly log: ScreeningLog;
}

/**
 * Counts the calls that went round the screener: the dialplan leaves a file for each, named by Asterisk's unique id. A
 * file is deleted only when its outcome is on disk. Names and contents are hostile: only plain files of at most
 * 64 KiB are read (more is cut), links and pipes are never followed.
 */
export class BypassNotes {
  readonly #options: BypassNotesOptions;
  readonly #watch: SpoolWatch;
  #collecting: Promise<number> | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BypassNotesOptions) {
    this.#options = options;
    this.#watch = new SpoolWatch(options.dir, () => void this.collect());
  }

  /** Takes in the notes that are there. How many calls it ended that had not ended before. Never rejects. */
  collect(): Promise<number> {
    this.#collecting ??= this.#collectAll().finally(() => {
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
    let ended = 0;
    try {
      for await (const entry of await opendir(this.#options.dir)) {
        if (entry.isFile() && uniqueIdForm.test(entry.name) && (await this.#take(entry.name))) ended++;
      }
    } catch (error) {
      this.#warn('folder of bypass notes cannot be read', { dir: this.#options.dir, error: String(error) });
    }
    return ended;
  }

  /** True when the note ended its call. */
  async #take(uniqueId: string): Promise<boolean> {
    const { outcomes, node, defaultRegion, log } = this.#options;
    const path = join(this.#options.dir, uniqueId);
    try {
      const file = await readSpoolFile(path);
      const note = file === null ? null : { ...file, uniqueId };
      const ageMs = note === null ? 0 : Date.now() - note.writtenAt;
      if (note === null || (!isWholeNote(note.text) && ageMs < unfinishedMs)) return false;
      const outcome = outcomeOfNote(note, { node, defaultRegion });
      // The session knows more than the note and is about to hear that its call has left: it may end the call first.
      if (ageMs < liveCallMs && outcomes.isOpenInThisRun(outcome.callId)) return false;
      const isNew = !outcomes.isKept(outcome.callId);
      if (isNew) {
        outcomes.end(outcome, 0);
        if (!outcomes.isKept(outcome.callId)) return false;
        log.warn('call went round the screener', { callId: outcome.callId, reason: outcome.bypass?.reason });
      }
      await unlink(path);
      return isNew;
    } catch (error) {
      this.#warn('bypass note cannot be taken in', { note: uniqueId, error: String(error) });
      return false;
    }
  }

  #warn(message: string, fields: Record<string, unknown>): void {
    if (performance.now() - this.#loggedAt < repeatedLogMs) return;
    this.#loggedAt = performance.now();
    this.#options.log.warn(message, fields);
  }
}
