import { existsSync, renameSync } from 'node:fs';
import type { ScreeningLog } from '../screening/ports.ts';
import { OutboxFile, OutboxLayoutError } from './outbox-file.ts';

const corrupt = 11; // SQLITE_CORRUPT
const notADatabase = 26; // SQLITE_NOTADB

/** True when SQLite said it: the disk or the file, not what was to be written. */
export function isSqliteError(error: unknown): boolean {
  return typeof (error as { errcode?: unknown }).errcode === 'number';
}

/** True when the file itself is bad, so that trying again cannot help (https://sqlite.org/rescode.html). */
export function isDamage(error: unknown): boolean {
  if (error instanceof OutboxLayoutError) return true;
  const errcode = (error as { errcode?: unknown }).errcode;
  return typeof errcode === 'number' && [corrupt, notADatabase].includes(errcode & 0xff);
}

/**
 * Opens the outbox file. A damaged one (or one of a newer layout) is moved aside, never deleted, and a new one begun.
 * Throws when no file can be had at all: no permission, no such disk, locked.
 */
export function openOutboxFile(
  path: string,
  run: string,
  busyTimeoutMs: number,
  log: ScreeningLog,
): OutboxFile {
  try {
    return new OutboxFile(path, run, busyTimeoutMs);
  } catch (error) {
    if (!isDamage(error)) throw error;
    const aside = moveAside(path);
    log.error('outbox file is damaged: moved aside, a new one begun; outcomes in it were not sent', {
      code: 'outbox-damaged',
      movedTo: aside,
      error: String(error),
    });
    return new OutboxFile(path, run, busyTimeoutMs);
  }
}

function moveAside(path: string): string {
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
  // The write-ahead log belongs to its file: left behind, SQLite would replay it into the new one.
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}
