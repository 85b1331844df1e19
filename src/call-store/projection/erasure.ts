import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseFile, recordsSocket } from './projection-messages.ts';
import { SocketCallRecords } from './socket-call-records.ts';

/**
 * Takes calls that hold one of the words out of the projection in the data directory. A running `serve` reads them again from
 * Redis, where they must have been erased before; without one the file goes, and the next `serve` builds it again.
 */
export async function eraseFromProjection(data: string, words: readonly string[]): Promise<void> {
  const records = new SocketCallRecords(recordsSocket(data));
  if (await records.isThere()) return records.forget(words);
  for (const ending of ['', '.wal']) await rm(join(data, `${databaseFile}${ending}`), { force: true });
}
