import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import type { Transition } from '../../src/call/change.ts';
import { unnamedTrunk } from '../../src/call/trunk.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { bypassNotes } from '../../src/spool/bypass-notes.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

function setUp() {
  const folder = temporaryFolder();
  const dir = join(folder, 'spool');
  mkdirSync(dir);
  const log = new RecordingLog();
  const path = join(folder, 'outbox.sqlite');
  const outbox = new Outbox({ path, log, busyTimeoutMs: 10 });
  const notes = bypassNotes({
    dir,
    node: 'n1',
    trunkOf: () => unnamedTrunk('US'),
    outcomes: outbox,
    inHand: () => false,
    log,
  });
  return { dir, log, path, outbox, notes };
}

const arrival = Date.UTC(2026, 2, 2, 9, 30);
const facts = `v=1,uid=1700.1,linked=1700.1,at=${arrival},wd=60,did=3175550000,num=3175550123,name=ANN%2C%20reason%3Dx,pres=allowed,trunk=carrier,sip=abc%40carrier`;

/** A note as the dialplan writes it, `agoMs` ago. */
function leave(
  dir: string,
  name: string,
  text = `${facts},reason=app-absent,end=1\n`,
  agoMs = 10_000,
): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  const at = (Date.now() - agoMs) / 1000;
  utimesSync(path, at, at);
  return path;
}

function outcomesOf(transitions: readonly Transition[]) {
  return transitions.flatMap((transition) => (transition.kind === 'outcome' ? [transition.outcome] : []));
}

test('a note becomes an outcome: at the operators, undecided, with the facts and the reason; then it is deleted', async () => {
  const { dir, outbox, notes } = setUp();
  const path = leave(dir, '1700.1');
  expect(await notes.collect()).toBe(1);
  const [outcome] = outcomesOf(outbox.pending());
  expect(outcome).toMatchObject({
    callId: 'n1/1700.1',
    node: 'n1',
    decision: null,
    exit: { kind: 'connect', exit: 'operators' },
    bypass: { reason: 'app-absent' },
  });
  expect(outcome?.facts).toMatchObject({
    now: arrival,
    caller: { number: '+13175550123', displayName: 'ANN, reason=x' },
    called: { number: '+13175550000' },
    trunk: 'carrier',
  });
  expect(existsSync(path)).toBe(false);
  expect(await notes.collect()).toBe(0);
});

test('a call that a former process left open is ended by its note', async () => {
  const { dir, log, path, outbox, notes } = setUp();
  outbox.begin(sampleFacts('n1/1700.1'), false);
  outbox.close();
  const next = new Outbox({ path, log });
  leave(dir, '1700.1', `${facts},reason=watchdog,end=1\n`);
  const nextNotes = bypassNotes({
    dir,
    node: 'n1',
    trunkOf: () => unnamedTrunk('US'),
    outcomes: next,
    inHand: () => false,
    log,
  });
  expect(await nextNotes.collect()).toBe(1);
  expect(next.openCalls()).toEqual([]);
  expect(outcomesOf(next.pending())[0]?.bypass?.reason).toBe('watchdog');
  notes.close();
});

test('a call that has ended already is not doubled by its note, and the note goes', async () => {
  const { dir, outbox, notes } = setUp();
  outbox.end(sampleOutcome('n1/1700.1'), 0);
  outbox.markSent(outbox.pending().map(({ id }) => id));
  const path = leave(dir, '1700.1');
  expect(await notes.collect()).toBe(0);
  expect(outbox.backlog()).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test('a call in hand is left to its session for five seconds, then the note ends it', async () => {
  const { dir, outbox, notes } = setUp();
  outbox.begin(sampleFacts('n1/1700.1'), false);
  leave(dir, '1700.1', undefined, 1_000);
  expect(await notes.collect()).toBe(0);
  expect(outbox.backlog()).toBe(0);
  leave(dir, '1700.1', undefined, 6_000);
  expect(await notes.collect()).toBe(1);
});

test('a half-written note waits a minute, then what is there is taken', async () => {
  const { dir, outbox, notes } = setUp();
  const half = `v=1,uid=1700.1,linked=17`;
  const path = leave(dir, '1700.1', half, 30_000);
  expect(await notes.collect()).toBe(0);
  expect(existsSync(path)).toBe(true);
  leave(dir, '1700.1', half, 61_000);
  expect(await notes.collect()).toBe(1);
  expect(outcomesOf(outbox.pending())[0]).toMatchObject({
    callId: 'n1/1700.1',
    bypass: { reason: 'dialplan' },
  });
});

test('an empty, an oversized and a binary note are calls too', async () => {
  const { dir, outbox, notes } = setUp();
  leave(dir, '1', '', 61_000);
  leave(dir, '2', `name=${'A'.repeat(3_000_000)}`, 61_000);
  leave(dir, '3', '\u0000\u0001%zz=\ufffd,,,=,reason=,num=%00%ff,end=1', 61_000);
  expect(await notes.collect()).toBe(3);
  const outcomes = outcomesOf(outbox.pending());
  expect(outcomes.map(({ callId }) => callId).sort()).toEqual(['n1/1', 'n1/2', 'n1/3']);
  expect(outcomes.every(({ bypass }) => bypass?.reason === 'dialplan')).toBe(true);
  expect(JSON.stringify(outcomes).length).toBeLessThan(10_000);
  expect(readdirSync(dir)).toEqual([]);
});

test('a caller cannot choose the reason: the last one counts, and only the dialplan’s own are known', async () => {
  const { dir, outbox, notes } = setUp();
  leave(dir, '1', 'num=1,reason=exception,reason=watchdog,end=1');
  leave(dir, '2', 'num=1,reason=<script>,end=1');
  leave(dir, '3', 'num=1,reason=app-frozen,end=1');
  leave(dir, '4', 'num=1,reason=overload,end=1');
  await notes.collect();
  const reasons = outcomesOf(outbox.pending()).map(({ callId, bypass }) => [callId, bypass?.reason]);
  expect(Object.fromEntries(reasons)).toEqual({
    ...{ 'n1/1': 'watchdog', 'n1/2': 'dialplan' },
    ...{ 'n1/3': 'app-frozen', 'n1/4': 'overload' },
  });
  expect(JSON.stringify(outcomesOf(outbox.pending()))).not.toContain('script');
});

test('a caller who hung up while no one heard is a call that was given up, not one that bypassed screening', async () => {
  const { dir, outbox, notes } = setUp();
  leave(dir, '1700.1', `${facts},reason=hung-up,end=1\n`);
  expect(await notes.collect()).toBe(1);
  expect(outcomesOf(outbox.pending())).toMatchObject([
    { callId: 'n1/1700.1', bypass: null, exit: { kind: 'none', reason: 'caller-hung-up' } },
  ]);
});

test('links, folders, pipes and strange names are left alone, and nothing waits for them', async () => {
  const { dir, outbox, notes } = setUp();
  const secret = join(dir, '..', 'secret');
  writeFileSync(secret, `${facts},reason=watchdog,end=1`);
  symlinkSync(secret, join(dir, '1700.2'));
  mkdirSync(join(dir, '1700.3'));
  spawnSync('mkfifo', [join(dir, '1700.4')]);
  for (const name of ['.hidden', 'a b', '$(reboot)', 'ü', 'x'.repeat(200)]) leave(dir, name);
  expect(await notes.collect()).toBe(0);
  expect(outbox.backlog()).toBe(0);
  expect(readdirSync(dir)).toHaveLength(8);
});

test('the note stays while the outbox has its call in memory only, and its call counts once', async () => {
  const { dir, path, outbox, notes, log } = setUp();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const note = leave(dir, '1700.1');
  expect(await notes.collect()).toBe(1);
  for (let look = 0; look < 3; look++) expect(await notes.collect()).toBe(0);
  expect(existsSync(note)).toBe(true);
  expect(outbox.backlog()).toBe(1);
  expect(log.messages('warn')).toEqual(['Call bypassed screening']);
  other.exec('ROLLBACK');
  other.close();
  await vi.waitFor(() => expect(outbox.isKept('n1/1700.1')).toBe(true), 90_000);
  await notes.collect();
  expect(existsSync(note)).toBe(false);
  expect(outbox.backlog()).toBe(1);
});

test('a missing folder is logged once and does no harm', async () => {
  const { log, outbox } = setUp();
  const dir = join(temporaryFolder(), 'nowhere');
  const notes = bypassNotes({
    dir,
    node: 'n1',
    trunkOf: () => unnamedTrunk('US'),
    outcomes: outbox,
    inHand: () => false,
    log,
  });
  notes.watch();
  expect(await notes.collect()).toBe(0);
  expect(await notes.collect()).toBe(0);
  expect(log.messages('warn')).toEqual(['Spool folder cannot be read']);
  notes.close();
});

test('watching: a note that comes is taken in without waiting for the next look', async () => {
  const { dir, outbox, notes } = setUp();
  notes.watch();
  leave(dir, '1700.1');
  await vi.waitFor(() => expect(outbox.backlog()).toBe(1), { timeout: 4_500, interval: 10 });
  notes.close();
});

test('notes of overload wait until calls do not have to, and are logged in one line', async () => {
  const { dir, outbox, log } = setUp();
  let busy = true;
  const notes = bypassNotes({
    ...{ dir, node: 'n1', trunkOf: () => unnamedTrunk('US'), outcomes: outbox, inHand: () => false, log },
    isBusy: () => busy,
  });
  for (let i = 0; i < 20; i++) leave(dir, `1700.${i}`, `${facts},reason=overload,end=1\n`);
  expect(await notes.collect()).toBe(0);
  busy = false;
  expect(await notes.collect()).toBe(20);
  expect(log.lines.map(({ message, fields }) => [message, fields])).toEqual([
    ['The dialplan released calls unscreened: overload', { calls: 20 }],
  ]);
});

test('a call that something else ended than its caller, as a stop of Asterisk does, is not said to have been hung up', async () => {
  const { dir, notes, outbox } = setUp();
  leave(dir, '1700.1', `${facts},reason=cut-off,end=1\n`);
  expect(await notes.collect()).toBe(1);
  expect(outcomesOf(outbox.pending())).toMatchObject([
    { bypass: null, exit: { kind: 'none', reason: 'unaccounted' }, decision: null },
  ]);
});

test('while calls are being shed only a hundred notes are read at a time', async () => {
  const { dir, outbox, notes } = setUp();
  for (let i = 0; i < 250; i++) leave(dir, `1700.${i}`, `${facts},reason=overload,end=1\n`, -60_000);
  expect(await notes.collect()).toBe(100);
  expect(await notes.collect()).toBe(100);
  for (const name of readdirSync(dir)) leave(dir, name, `${facts},reason=overload,end=1\n`, 4_000);
  for (let i = 250; i < 400; i++) leave(dir, `1700.${i}`, `${facts},reason=overload,end=1\n`, 4_000);
  expect(await notes.collect()).toBe(200);
  expect(readdirSync(dir)).toEqual([]);
  await outbox.close();
});
