import { constants, type FSWatcher, watch } from 'node:fs';
import { open } from 'node:fs/promises';

const longestNoteBytes = 65_536;
const lookMs = 5_000;
const gatherMs = 50;

/** One note as the dialplan left it. */
export interface SpoolFile {
  /** The first line that holds something; at most 64 KiB. */
  readonly text: string;
  /** Epoch ms of the last write. */
  readonly writtenAt: number;
}

/** Says when to look into the folder that the dialplan writes into: when it changes, and every 5 s. */
export class SpoolWatch {
  readonly #dir: string;
  readonly #look: () => void;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #soon: NodeJS.Timeout | null = null;

  /** `look` must not throw. */
  constructor(dir: string, look: () => void) {
    this.#dir = dir;
    this.#look = look;
  }

  start(): void {
    if (this.#timer !== null) return;
    // Not every file system tells of changes.
    this.#timer = setInterval(() => {
      this.#watchFolder();
      this.#look();
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
      this.#watcher = watch(this.#dir, { persistent: false }, () => this.#lookSoon());
      this.#watcher.on('error', () => {
        this.#watcher?.close();
        this.#watcher = null;
      });
    } catch {
      // The folder is not there yet; whoever looks says so, and the next look tries again.
    }
  }

  #lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      this.#look();
    }, gatherMs);
  }
}

/** Null when it is not a plain file; links are not followed. Rejects when it cannot be read. */
export async function readSpoolFile(path: string): Promise<SpoolFile | null> {
  // O_NONBLOCK: opening a pipe would otherwise wait for its writer, for ever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using file = await open(path, flags);
  const stat = await file.stat();
  if (!stat.isFile()) return null;
  const buffer = Buffer.alloc(Math.min(stat.size, longestNoteBytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  return { text: text.split('\n').find((line) => line.trim() !== '') ?? '', writtenAt: stat.mtimeMs };
}
