import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { bypassNoteName } from './spool-file.ts';

/** Calls that bypassed screening and are in no record yet. */
export interface WaitingNotes {
  readonly calls: number;
  /** Epoch ms of the first one. */
  readonly since: number;
}

/** Null: there are none, or the folder cannot be read. */
export async function waitingNotes(dir: string): Promise<WaitingNotes | null> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => bypassNoteName.test(name));
  // Asterisk's unique ids begin with the second; the first of them is the oldest.
  const [oldest] = names.sort();
  if (oldest === undefined) return null;
  const since = await stat(join(dir, oldest)).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  return { calls: names.length, since };
}

/** For people: `37 calls wait to be counted, the first since 2026-03-02 08:02`. */
export function waitingWords(waiting: WaitingNotes | null): string {
  if (waiting === null) return 'no call waits to be counted';
  const since = DateTime.fromMillis(waiting.since).toFormat('yyyy-MM-dd HH:mm');
  const [calls, wait] = waiting.calls === 1 ? ['call', 'waits'] : ['calls', 'wait'];
  return `${waiting.calls} ${calls} ${wait} to be counted, the first since ${since}`;
}
