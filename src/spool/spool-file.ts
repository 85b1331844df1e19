import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

const longestNoteBytes = 65_536;
const unfinishedMs = 60_000;

/** The note of a call that bypassed screening is named by Asterisk's unique id; other notes have a `~` in their names. */
export const bypassNoteName = /^([A-Za-z0-9][A-Za-z0-9._:-]{0,150})$/;

/** One note as the dialplan left it. */
export interface SpoolFile {
  /** The first line that is not blank; at most 64 KiB. */
  readonly text: string;
  /** All of it; at most 64 KiB. */
  readonly whole: string;
  /** Epoch ms of the last write. */
  readonly writtenAt: number;
}

/** Null when it is not a plain file; links are not followed. Rejects when it cannot be read. */
export async function readSpoolFile(path: string): Promise<SpoolFile | null> {
  // O_NONBLOCK: opening a pipe would wait for its writer forever.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  await using file = await open(path, flags);
  const stat = await file.stat();
  if (!stat.isFile()) return null;
  const buffer = Buffer.alloc(Math.min(stat.size, longestNoteBytes));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
  const text = buffer.toString('utf8', 0, bytesRead);
  return {
    whole: text,
    text: text.split('\n').find((line) => line.trim() !== '') ?? '',
    writtenAt: Math.floor(stat.mtimeMs),
  };
}

/** True when the dialplan finished writing this line. */
export function isWholeNote(line: string): boolean {
  return /,end=1\s*$/.test(line);
}

/** True while the dialplan may still be writing the note of which this is a line. */
export function isUnfinished(line: string, ageMs: number): boolean {
  return !isWholeNote(line) && ageMs < unfinishedMs;
}

/** The value of `key` in a note, '' when there is none. */
export function noteField(line: string, key: string): string {
  const field = line
    .trim()
    .split(',')
    .find((part) => part.startsWith(`${key}=`));
  return field?.slice(key.length + 1) ?? '';
}

/** The `at` of a note, in epoch ms; a time after the file's own is not believed. */
export function noteTime(line: string, writtenAt: number): number {
  const at = noteField(line, 'at');
  return Math.floor(/^\d{13}$/.test(at) ? Math.min(Number(at), writtenAt) : writtenAt);
}
