import { asideFiles, moveAside } from './outbox-aside.ts';
import { OutboxFile } from './outbox-file.ts';
import type { OutboxOptions } from './outbox-options.ts';
import { OutboxLayoutError } from './outbox-schema.ts';

const corrupt = 11; // SQLITE_CORRUPT
const notADatabase = 26; // SQLITE_NOTADB

/** True when the disk or the file is at fault, not what was to be written. */
export function isSqliteError(error: unknown): boolean {
  return typeof (error as { errcode?: unknown }).errcode === 'number';
}

/** True when the file itself is unusable, so that a retry cannot help (https://sqlite.org/rescode.html). */
export function isDamage(error: unknown): boolean {
  if (error instanceof OutboxLayoutError) return true;
  const errcode = (error as { errcode?: unknown }).errcode;
  return typeof errcode === 'number' && [corrupt, notADatabase].includes(errcode & 0xff);
}

type Options = Pick<Required<OutboxOptions>, 'path' | 'busyTimeoutMs' | 'reserveBytes' | 'log'>;

/**
 * Opens the outbox file. A damaged one, or one of another version, is moved aside, never deleted, and a new one started. Files
 * that were moved aside are taken in as soon as this version can read them. Throws when no file can be opened at all: no
 * permission, no such disk, locked.
 */
export function openOutboxFile(options: Options, run: string): OutboxFile {
  const file = opened(options, run);
  for (const aside of asideFiles(options.path)) {
    try {
      options.log.info('Outbox file that was moved aside was taken in', {
        file: aside,
        ...file.takeIn(aside),
      });
    } catch (error) {
      // Damage and other layouts were logged when it was moved aside. It is tried again at the next start.
      if (!isDamage(error))
        options.log.warn('Outbox file that was moved aside cannot be taken in yet', {
          file: aside,
          error: String(error),
        });
    }
  }
  return file;
}

function opened({ path, busyTimeoutMs, reserveBytes, log }: Options, run: string): OutboxFile {
  try {
    return new OutboxFile(path, run, busyTimeoutMs, reserveBytes);
  } catch (error) {
    if (error instanceof OutboxLayoutError) {
      const movedTo = moveAside(path, `layout-${error.layout}`);
      log.error('Outbox file of another Gatehouse version: moved aside, a new one started', {
        code: `outbox-${error.version}`,
        movedTo,
        remedy: `start the ${error.version} version again: it sends what waits there; nothing is lost`,
      });
    } else if (isDamage(error)) {
      const movedTo = moveAside(path, 'damaged');
      log.error('Outbox file is damaged: moved aside, a new one started; outcomes in it were not sent', {
        code: 'outbox-damaged',
        movedTo,
        error: String(error),
      });
    } else throw error;
    return new OutboxFile(path, run, busyTimeoutMs, reserveBytes);
  }
}
