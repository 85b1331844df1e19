import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DialedNumber } from '../../src/screening/ports.ts';
import { dialedByNote, dialedNotes } from '../../src/spool/dialed-notes.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const hourMs = 3_600_000;

function setUp(forMs = 24 * hourMs) {
  const dir = temporaryFolder();
  const log = new RecordingLog();
  const kept: DialedNumber[] = [];
  const store = { isAway: false };
  const remember = async (dialed: readonly DialedNumber[]) => {
    if (!store.isAway) kept.push(...dialed);
    return !store.isAway;
  };
  const notes = dialedNotes({ dir, forMs, defaultRegion: () => 'US', numbers: { remember }, log });
  onTestFinished(() => notes.close());
  return { dir, log, kept, store, notes };
}

let last = 1_763_812_310_000;
/** A note as the dialplan writes it, `agoMs` ago. */
function leave(dir: string, to: string, agoMs = 0, end = ',end=1\n'): { path: string; at: number } {
  const at = Date.now() - agoMs;
  const path = join(dir, `dialed~${last++}~pbx-1700.1`);
  writeFileSync(path, `v=1,at=${at},to=${to}${end}`);
  utimesSync(path, at / 1000, at / 1000);
  return { path, at };
}

test('any writing of the number, to E.164, from when it was dialed; then the note is deleted', async () => {
  const { dir, kept, notes } = setUp();
  const { at } = leave(dir, '2125550191', 5_000);
  leave(dir, '00442079460018');
  leave(dir, '+12125550192');
  expect(await notes.collect()).toBe(3);
  expect(kept.map(({ number }) => number).sort()).toEqual(['+12125550191', '+12125550192', '+442079460018']);
  expect(kept.find(({ number }) => number === '+12125550191')?.until).toBe(at + 24 * hourMs);
  expect(readdirSync(dir)).toEqual([]);
});

test('the store is away: notes wait, and are taken in when it is back, with the time of the call', async () => {
  const { dir, kept, store, notes } = setUp();
  store.isAway = true;
  const { path, at } = leave(dir, '2125550191', hourMs);
  expect(await notes.collect()).toBe(0);
  expect(existsSync(path)).toBe(true);
  store.isAway = false;
  expect(await notes.collect()).toBe(1);
  expect(kept).toEqual([{ number: '+12125550191', until: at + 24 * hourMs }]);
});

test('notes whose time is over are dropped, also while the store is away', async () => {
  const { dir, kept, store, notes } = setUp();
  store.isAway = true;
  leave(dir, '2125550191', 25 * hourMs);
  expect(await notes.collect()).toBe(1);
  expect([kept, readdirSync(dir)]).toEqual([[], []]);
});

test('set to never, notes are only cleared away', async () => {
  const { dir, kept, notes } = setUp(0);
  leave(dir, '2125550191');
  expect(await notes.collect()).toBe(1);
  expect(kept).toEqual([]);
});

test('what is no public number is dropped; what is half-written is left a minute, then dropped', async () => {
  const { dir, kept, notes } = setUp();
  for (const to of ['1234567890123456789012', '', '911', '+999', '${EXTEN}', '\0']) leave(dir, to);
  expect(await notes.collect()).toBe(6);
  const { path } = leave(dir, '2125550191', 1_000, '');
  expect(await notes.collect()).toBe(0);
  const old = new Date(Date.now() - 61_000);
  utimesSync(path, old, old);
  expect(await notes.collect()).toBe(1);
  expect(kept).toEqual([]);
});

test('a time that is not before the file itself is not believed', () => {
  const writtenAt = 1_763_812_310_000;
  const until = (at: string) =>
    dialedByNote({ text: `v=1,at=${at},to=2125550191,end=1`, writtenAt }, 10, 'US')?.until;
  expect(until(String(writtenAt - 5))).toBe(writtenAt + 5);
  for (const at of ['9999999999999', '', 'x', '-1', '1e99']) expect(until(at)).toBe(writtenAt + 10);
});

test('bypass notes, links, pipes and folders in the same place are not touched', async () => {
  const { dir, kept, notes } = setUp();
  writeFileSync(join(dir, '1700.1'), 'v=1,end=1\n');
  writeFileSync(join(dir, 'dialed~x~1'), 'v=1,to=2125550191,end=1\n');
  symlinkSync('/etc/passwd', join(dir, 'dialed~1763812310000~a'));
  mkdirSync(join(dir, 'dialed~1763812310000~b'));
  spawnSync('mkfifo', [join(dir, 'dialed~1763812310000~c')]);
  expect(await notes.collect()).toBe(0);
  expect([kept.length, readdirSync(dir).length]).toEqual([0, 5]);
});

test('more notes than one batch: all are taken in', async () => {
  const { dir, kept, notes } = setUp();
  for (let n = 0; n < 1203; n++) leave(dir, `212555${String(n).padStart(4, '0')}`);
  expect(await notes.collect()).toBe(1203);
  expect(new Set(kept.map(({ number }) => number)).size).toBe(1203);
});

test('a note is taken in as soon as it is written, and a folder that comes later too', async () => {
  const { dir, kept, notes, log } = setUp();
  notes.watch();
  leave(dir, '2125550191');
  await vi.waitFor(() => expect(kept).toHaveLength(1), 90_000);
  rmSync(dir, { recursive: true });
  expect(await notes.collect()).toBe(0);
  expect(log.lines).toEqual([]);
});
