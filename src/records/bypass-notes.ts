import { constants, type FSWatcher, watch } from 'node:fs';
import { open, opendir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { OutcomeLog, ScreeningLog } from '../screening/ports.ts';
import { type FoundNote, isWholeNote, outcomeOfNote } from './bypass-note.ts';

const longestNoteBytes = 65_536;
const unfinishedMs = 60_000;
const liveCallMs = 5_000;
const lookMs = 5_000;
const gatherMs = 50;
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
  #collecting: Promise<number> | null = null;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: BypassNotesOptions) {
    this.#options = options;
  }

  /** Takes in the notes that are there. How many calls it ended that had not ended before. Never rejects. */
  collect(): Promise<number> {
    this.#collecting ??= this.#collectAll().finally(() => {
      this.#collecting = null;
    });
    return this.#collecting;
  }

  /** Collects whenever the folder changes, and every 5 s: not every file system tells of changes. */
  watch(): void {
    if (this.#timer !== null) return;
    this.#timer = setInterval(() => {
      this.#watchFolder();
      void this.collect();
    }, lookMs);
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
      // The folder is not there yet; collect says so, and the next look tries again.
    }
  }

  #collectSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.collect();
    }, gatherMs);
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
      const note = await readNote(path, uniqueId);
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

/** Null when it is not a plain file. Rejects when it cannot be read. */
async function readNote(path: string, uniqueId: string): Promise<FoundNote | null> {
  // O_NONBLOCK: opening a pipe would otherwise wait for its writer, for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using file = await open(path, flags);
  const stat = await file.stat();
  if (!stat.isFile()) return null;
  const buffer = Buffer.alloc(Math.min(stat.size, longestNoteBytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  return {
    uniqueId,
    text: text.split('\n').find((line) => line.trim() !== '') ?? '',
    writtenAt: stat.mtimeMs,
  };
}
