import { createHash, type Hash } from 'node:crypto';
import { closeSync, fstatSync, readSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Region } from '../numbers/phone-number.ts';
import { imageKey, readImage, writeImage } from './held/image-cache.ts';
import type { ListImage } from './held/list-image.ts';
import { readList } from './read-list.ts';
import type { ListReading } from './readers/registry.ts';
import { fileError, ListFileError, openRegularSync } from './regular-file.ts';

/** Ten million numbers with long names are below this. */
export const maxListBytes = 1024 * 1024 * 1024;
const pieceBytes = 1024 * 1024;

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
  readonly image: ListImage;
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
  // Hashed again while it is read: the file may have changed since.
  const hash = createHash('sha256');
  const { image, bad, rows, badRows } = readList(hashed(path, hash), reading, region);
  const key = imageKey(bad ? hashOf(path) : hash.digest('hex'), reading, region);
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

/** SHA-256 of the file. */
function hashOf(path: string): string {
  const hash = createHash('sha256');
  for (const piece of pieces(path)) hash.update(piece);
  return hash.digest('hex');
}

function* hashed(path: string, hash: Hash): Generator<Buffer> {
  for (const piece of pieces(path)) {
    hash.update(piece);
    yield piece;
  }
}

function* pieces(path: string): Generator<Buffer> {
  const file = openRegularSync(path);
  try {
    const { size } = fstatSync(file);
    for (let total = 0; ; ) {
      if (Math.max(size, total) > maxListBytes)
        throw new ListFileError(
          'too-large',
          `the file has ${Math.max(size, total)} bytes; at most ${maxListBytes} are read`,
          'split the file into several lists',
        );
      const piece = Buffer.allocUnsafeSlow(pieceBytes);
      const read = readSync(file, piece);
      if (read === 0) return;
      total += read;
      yield piece.subarray(0, read);
    }
  } finally {
    closeSync(file);
  }
}
