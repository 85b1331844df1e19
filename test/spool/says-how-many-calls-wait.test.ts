import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitingNotes, waitingWords } from '../../src/spool/waiting-notes.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'waiting-notes-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function note(name: string, at: number): Promise<void> {
  await writeFile(join(dir, name), 'v=1');
  await utimes(join(dir, name), at / 1000, at / 1000);
}

test('calls that bypassed screening, and the first of them; other notes are none', async () => {
  const morning = new Date(2026, 2, 2, 8, 2).getTime();
  await note('1772438520.7', morning);
  await note('1772438999.12', morning + 60_000);
  await note('left~1772438520.7', 0);
  await note('dialed~1772438520000~1772438520.9', 0);
  const waiting = await waitingNotes(dir);
  expect(waiting).toEqual({ calls: 2, since: morning });
  expect(waitingWords(waiting)).toBe('2 calls wait to be counted, the first since 2026-03-02 08:02');
});

test('one, and none', async () => {
  expect(waitingWords(await waitingNotes(dir))).toBe('no call waits to be counted');
  await note('1772438520.7', new Date(2026, 2, 2, 8, 2).getTime());
  expect(waitingWords(await waitingNotes(dir))).toBe(
    '1 call waits to be counted, the first since 2026-03-02 08:02',
  );
  expect(await waitingNotes(join(dir, 'nothing'))).toBeNull();
});
