import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { ListReading } from '../policy/list-source.ts';
import { ListReader } from '../policy/lists/list-reader.ts';
import type { Region } from '../policy/phone-number.ts';
import { imageKey, readImage, writeImage } from './image-cache.ts';
import { fileError, ListFileError } from './list-file-error.ts';

/** Ten million numbers with long names are below this. */
export const maxListBytes = 1024 * 1024 * 1024;
const pieceBytes = 4 * 1024 * 1024;

export interface ListFileTask {
  readonly id: string;
  readonly path: string;
  readonly reading: ListReading;
  readonly region: Region;
  /** Where images are kept; null: nowhere. */
  readonly cacheDir: string | null;
  /** False for commands that only look. */
  readonly mayWrite: boolean;
}

export interface LoadedFile {
  /** See `PackedList`. */
  readonly image: Uint8Array<ArrayBuffer>;
  readonly key: string;
  readonly fromCache: boolean;
  /** The file cannot be used; the image's problems say why. */
  readonly bad: boolean;
  readonly rows: number;
  readonly badRows: number;
  readonly ms: number;
  /** Why the image could not be kept, or null. */
  readonly cacheError: string | null;
}

/**
 * Reads a list file, from its cached image when one was made of the same bytes. Works without a pause, seconds for ten
 * million rows: meant for a worker unless the file is small.
 * @throws ListFileError
 */
export function loadListFile(task: ListFileTask): LoadedFile {
  const begun = performance.now();
  try {
    return { ...load(task), ms: Math.round(performance.now() - begun) };
  } catch (error) {
    throw fileError(error);
  }
}

function load(task: ListFileTask): Omit<LoadedFile, 'ms'> {
  const { id, path, reading, region, cacheDir } = task;
  if (cacheDir !== null) {
    const key = imageKey(hashOf(path), reading, region);
    const image = readImage(cacheDir, id, key);
    if (image) return { image, key, fromCache: true, bad: false, rows: 0, badRows: 0, cacheError: null };
  }
  const reader = new ListReader(reading, region);
  // Hashed again while it is read: the file may have changed since.
  const key = imageKey(
    hashOf(path, (piece) => reader.push(piece)),
    reading,
    region,
  );
  const { image, bad, rows, badRows } = reader.end();
  let cacheError: string | null = null;
  if (cacheDir !== null && task.mayWrite && !bad) {
    try {
      writeImage(cacheDir, id, key, image);
    } catch (error) {
      cacheError = (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }
  return { image, key, fromCache: false, bad, rows, badRows, cacheError };
}

/** SHA-256 of the file; each piece is given to `take` too, and must not be kept. */
function hashOf(path: string, take: (piece: Uint8Array) => void = () => undefined): string {
  const hash = createHash('sha256');
  const piece = new Uint8Array(pieceBytes);
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const tooLarge = (bytes: number) =>
      new ListFileError(
        'too-large',
        `the file has ${bytes} bytes; at most ${maxListBytes} are read`,
        'split the file into several lists',
      );
    if (size > maxListBytes) throw tooLarge(size);
    for (let total = 0; ; ) {
      const read = readSync(file, piece);
      if (read === 0) return hash.digest('hex');
      total += read;
      if (total > maxListBytes) throw tooLarge(total);
      const part = piece.subarray(0, read);
      hash.update(part);
      take(part);
    }
  } finally {
    closeSync(file);
  }
}
