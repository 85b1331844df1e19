import { existsSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { unnamedTrunk } from '../../src/call/trunk.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { departureNotes, realExitOfNote } from '../../src/spool/departure-notes.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const at = sampleArrival + 9_000;

function setUp() {
  const folder = temporaryFolder();
  const dir = join(folder, 'spool');
  mkdirSync(dir);
  const log = new RecordingLog();
  const path = join(folder, 'outbox.sqlite');
  const outbox = new Outbox({ path, log, busyTimeoutMs: 10 });
  const notes = departureNotes({ dir, node: 'n1', trunkOf: () => unnamedTrunk('US'), outcomes: outbox, log });
  return { dir, log, path, outbox, notes };
}

const line = (to: string, why: string, when = at) =>
  `v=1,uid=1700.1,at=${when},exit=gatehouse-voicemail%252Cgeneral,to=${to},why=${why},end=1\n`;

function leave(dir: string, text: string, agoMs = 1_000, name = 'left~1700.1'): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  const written = (Date.now() - agoMs) / 1000;
  utimesSync(path, written, written);
  return path;
}

const said = (outbox: Outbox) =>
  outbox.pending().flatMap((change) => (change.kind === 'real-exit' ? [change.realExit] : []));

test('what the dialplan says of a call that has ended is kept and the note goes; a later word replaces it', async () => {
  const { dir, outbox, notes } = setUp();
  outbox.begin(sampleFacts('n1/1700.1'), false);
  outbox.end(sampleOutcome('n1/1700.1'), 0);
  const note = leave(dir, `${line('voicemail:general', 'app-silent')}${line('operators', 'box-missing')}`);
  expect(await notes.collect()).toBe(1);
  expect(existsSync(note)).toBe(false);
  const asked = 'gatehouse-voicemail,general';
  expect(said(outbox)).toEqual([{ at, asked, to: { kind: 'operators' }, why: 'box-missing' }]);
  const { id } = outbox.pending().at(-1) ?? { id: 0 };

  leave(dir, line('nowhere', 'no-answer', at + 5_000));
  await notes.collect();
  // It was on its way meanwhile: what is acknowledged now is the word before.
  outbox.markSent([id]);
  expect(said(outbox)).toEqual([{ at: at + 5_000, asked, to: { kind: 'nowhere' }, why: 'no-answer' }]);
});

test('the note of a call that has not ended yet waits for its end', async () => {
  const { dir, outbox, notes } = setUp();
  outbox.begin(sampleFacts('n1/1700.1'), false);
  const note = leave(dir, line('operators', 'app-silent'));
  expect(await notes.collect()).toBe(0);
  expect(existsSync(note)).toBe(true);
  outbox.end(sampleOutcome('n1/1700.1'), 0);
  expect(await notes.collect()).toBe(1);
  expect(said(outbox)).toHaveLength(1);
});

test('a call of which there is no record gets one, after a while: not known, but for where it went', async () => {
  const { dir, outbox, notes } = setUp();
  leave(dir, line('operators', 'app-silent'));
  expect(await notes.collect()).toBe(0);
  expect(outbox.backlog()).toBe(0);
  leave(dir, line('operators', 'app-silent'), 700_000);
  expect(await notes.collect()).toBe(1);
  expect(outbox.pending()).toMatchObject([
    { kind: 'outcome', outcome: { callId: 'n1/1700.1', exit: { kind: 'none', reason: 'unaccounted' } } },
    { kind: 'real-exit', realExit: { to: { kind: 'operators' } } },
  ]);
});

test('while the disk fails the note stays, and its word is sent once from memory', async () => {
  const { dir, path, outbox, notes } = setUp();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  outbox.end(sampleOutcome('n1/1700.1'), 0);
  const note = leave(dir, line('operators', 'box-full'));
  for (let look = 0; look < 3; look++) expect(await notes.collect()).toBe(0);
  expect(existsSync(note)).toBe(true);
  expect(said(outbox)).toHaveLength(1);
  other.exec('ROLLBACK');
  other.close();
  await expect.poll(() => outbox.isKept('n1/1700.1'), { timeout: 20_000 }).toBe(true);
  expect(await notes.collect()).toBe(1);
  expect(said(outbox)).toHaveLength(1);
});

test('hostile notes: links, pipes, half lines, places that are none, and labels of callers', async () => {
  const { dir, log, outbox, notes } = setUp();
  outbox.end(sampleOutcome('n1/1700.1'), 0);
  symlinkSync('/etc/passwd', join(dir, 'left~1700.2'));
  leave(dir, 'v=1,uid=1700.3,at=1', 1_000, 'left~1700.3');
  leave(dir, line('..%2F..%2Fetc', 'x'), 1_000, 'left~1700.4');
  leave(dir, line('operators', 'app-silent'), 1_000, 'left~../1700.5'.replace('/', '%'));
  expect(await notes.collect()).toBe(1);
  expect(log.messages('warn')).toEqual(['Departure note without usable content']);
  expect(said(outbox)).toEqual([]);
  const hostile = `v=1,at=9999999999999,exit=gatehouse-connect,operators%3DPassed%3A%2520Jo,to=voicemail:a/b,why=A%0AB,end=1`;
  expect(realExitOfNote(hostile, at)).toBeNull();
  expect(realExitOfNote('v=1,at=1,to=sales,why=queue-empty,end=1', at)?.to).toEqual({
    kind: 'operators',
    exit: 'sales',
  });
  const named = `v=1,at=9999999999999,exit=gatehouse-connect%2Coperators%3DPassed%3A%2520Jo,to=operators,why=A%0AB,end=1`;
  expect(realExitOfNote(named, at)).toEqual({
    at,
    asked: 'gatehouse-connect,operators',
    to: { kind: 'operators' },
    why: 'other',
  });
});
