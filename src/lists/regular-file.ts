import { closeSync, constants, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/** Only regular files are read: opening a FIFO waits for a writer, a device may never end, and some react to being opened. */
const readFlags = constants.O_RDONLY | constants.O_NONBLOCK;

/** @returns a descriptor. @throws ListFileError `not-a-file`, or of node:fs */
export function openRegularSync(path: string): number {
  // Before opening, because opening some devices has effects.
  mustBeRegular(statSync(path));
  const file = openSync(path, readFlags);
  try {
    // Again, because it may have been replaced.
    mustBeRegular(fstatSync(file));
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** @throws ListFileError `not-a-file`, or of node:fs */
export async function openRegular(path: string): Promise<FileHandle> {
  mustBeRegular(await stat(path));
  const file = await open(path, readFlags);
  try {
    mustBeRegular(await file.stat());
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The whole file, however its size changes meanwhile.
 * @throws ListFileError `not-a-file`, `too-large`, or of node:fs
 */
export async function readRegular(path: string, maxBytes: number, remedy: string): Promise<Buffer> {
  const file = await openRegular(path);
  try {
    const tooLarge = (bytes: string) =>
      new ListFileError('too-large', `the file has ${bytes} bytes; at most ${maxBytes} are read`, remedy);
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLarge(String(size));
    const pieces: Buffer[] = [];
    let total = 0;
    for (;;) {
      // Files in /proc have size 0.
      const piece = Buffer.allocUnsafe(Math.max(4096, Math.min(size - total + 1, 4 * 1024 * 1024)));
      const { bytesRead } = await file.read(piece, 0, piece.length);
      if (bytesRead === 0) return Buffer.concat(pieces, total);
      total += bytesRead;
      if (total > maxBytes) throw tooLarge(`more than ${maxBytes}`);
      pieces.push(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function mustBeRegular(found: Stats): void {
  const kind = kindOf(found);
  if (kind === null) return;
  const remedy = 'put a regular file in its place; a program that makes a list writes it to a file first';
  throw new ListFileError('not-a-file', `it is ${kind}, not a file`, remedy);
}

/** Null: a regular file. */
function kindOf(found: Stats): string | null {
  if (found.isFile()) return null;
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a FIFO (named pipe)';
  if (found.isSocket()) return 'a socket';
  return found.isCharacterDevice() || found.isBlockDevice() ? 'a device' : 'something else';
}

export type ListFileErrorCode =
  | 'missing-file'
  | 'not-a-file'
  | 'unreadable'
  | 'too-large'
  | 'too-slow'
  | 'loader-failed';

/** A list file that could not be read at all. */
export class ListFileError extends Error {
  readonly code: ListFileErrorCode;
  readonly remedy: string;
  constructor(code: ListFileErrorCode, message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ListFileError';
    this.code = code;
    this.remedy = remedy;
  }
}

/** @param error of node:fs */
export function fileError(error: unknown): ListFileError {
  if (error instanceof ListFileError) return error;
  const { code = 'error' } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new ListFileError('missing-file', 'the file is missing', 'put the file back', error);
  const remedy = 'check that it is a file and readable by this user';
  return new ListFileError('unreadable', `the file cannot be read (${code})`, remedy, error);
}
