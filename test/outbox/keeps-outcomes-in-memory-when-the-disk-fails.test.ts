import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function openOutbox(path = join(temporaryFolder(), 'outbox.sqlite')) {
  const log = new RecordingLog();
  return { path, log, outbox: new Outbox({ path, log, busyTimeoutMs: 10 }) };
}

const pendingCalls = (outbox: Outbox) => outbox.pending().map(({ callId, kind }) => `${callId} ${kind}`);

test('a locked file: calls go on in memory and are written when the lock is gone', () => {
  const { path, outbox, log } = openOutbox();
  outbox.begin(sampleFacts('n1/1'), false);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  outbox.end(sampleOutcome('n1/1'), 60_000);
  outbox.begin(sampleFacts('n1/2'), false);
  outbox.end(sampleOutcome('n1/2'), 0);
  outbox.end(sampleOutcome('n1/2'), 0);
  outbox.begin(sampleFacts('n1/3'), false);
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/1 pass', 'n1/2 outcome']);
  expect(outbox.isKept('n1/1')).toBe(false);
  expect(outbox.isOpenInThisRun('n1/3')).toBe(true);
  expect(log.messages('error')).toEqual(['Outbox file cannot be written: outcomes are held in memory']);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(1_100);
  expect(outbox.isKept('n1/1')).toBe(true);
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/1 pass', 'n1/2 outcome']);
  outbox.close();
  const next = openOutbox(path).outbox;
  expect(pendingCalls(next)).toEqual(['n1/1 outcome', 'n1/1 pass', 'n1/2 outcome']);
  expect(next.openCalls().map(({ callId }) => callId)).toEqual(['n1/3']);
});

test('what was sent from memory is not sent again after the disk is back', () => {
  const { path, outbox } = openOutbox();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  outbox.end(sampleOutcome('n1/1'), 60_000);
  outbox.markSent(outbox.pending().map(({ id }) => id));
  expect(outbox.backlog()).toBe(0);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(1_100);
  outbox.end(sampleOutcome('n1/1'), 60_000);
  expect(outbox.isKept('n1/1')).toBe(true);
  expect(outbox.backlog()).toBe(0);
});

test('what Redis has and the disk cannot note is not sent for ever: the rows behind it have their turn', () => {
  const { path, outbox } = openOutbox();
  const ids = Array.from({ length: 5 }, (_, call) => `n1/${call}`);
  for (const id of ids) outbox.end(sampleOutcome(id), 0);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const sent: string[] = [];
  for (let batch = 0; batch < 3; batch++) {
    const pending = outbox.pending(2);
    sent.push(...pending.map(({ callId }) => callId));
    const [first, ...others] = pending;
    if (batch === 0 && first !== undefined) outbox.refuse(first.id, 'a reason');
    outbox.markSent((batch === 0 ? others : pending).map(({ id }) => id));
  }
  expect(sent).toEqual(ids);
  expect([outbox.backlog(), outbox.pending()]).toEqual([0, []]);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(1_100);
  expect(outbox.backlog()).toBe(0);
  outbox.close();
  // It is on disk now: the next process tries again what was refused, and nothing else.
  expect(pendingCalls(openOutbox(path).outbox)).toEqual(['n1/0 outcome']);
});

test('what was sent and could not be noted is sent again when another Redis takes over', () => {
  const { path, outbox } = openOutbox();
  for (const id of ['n1/1', 'n1/2']) outbox.end(sampleOutcome(id), 0);
  const other = new DatabaseSync(path);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  outbox.markSent(outbox.pending().map(({ id }) => id));
  expect(outbox.pending()).toEqual([]);
  outbox.sendAgain();
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/2 outcome']);
});

test('a morning of calls kept in memory: the first end of each stands, all are on disk in the end, none in one go', () => {
  const { path, outbox } = openOutbox();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  const ids = Array.from({ length: 1000 }, (_, call) => `n1/${call}`);
  for (const id of ids) outbox.end(sampleOutcome(id), 60_000);
  expect([outbox.backlog(), outbox.waitingOutcomes()]).toEqual([2000, 1000]);
  expect(outbox.pending(3).map(({ kind }) => kind)).toEqual(['outcome', 'pass', 'outcome']);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(1_002);
  const kept = () => ids.filter((id) => outbox.isKept(id)).length;
  expect(kept()).toBeLessThan(500);
  outbox.end(sampleOutcome('n1/999', { node: 'n1-again' }), 0);
  vi.advanceTimersByTime(1_000);
  expect([kept(), outbox.backlog()]).toEqual([1000, 2000]);
  const last = outbox.pending(2000).find(({ callId }) => callId === 'n1/999');
  expect(last).toMatchObject({ kind: 'outcome', outcome: { node: 'n1' } });
});

test('closed while calls are in memory: all of them are on disk', () => {
  const { path, outbox } = openOutbox();
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  for (let call = 0; call < 350; call++) outbox.end(sampleOutcome(`n1/${call}`), 0);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(1_002);
  outbox.close();
  expect(openOutbox(path).outbox.backlog()).toBe(350);
});

test('another Redis takes over while the disk takes nothing: what was acknowledged lately goes again afterward', () => {
  const { path, outbox } = openOutbox();
  outbox.end(sampleOutcome('n1/1'), 0);
  outbox.markSent(outbox.pending().map(({ id }) => id));
  expect(outbox.backlog()).toBe(0);
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  outbox.end(sampleOutcome('n1/2'), 0);
  outbox.sendAgain();
  expect(outbox.backlog()).toBe(2);
  expect(pendingCalls(outbox)).toEqual(['n1/2 outcome']);
  other.exec('ROLLBACK');
  other.close();
  vi.advanceTimersByTime(200_000);
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/2 outcome']);
});

test('a file that cannot grow any more: nothing is thrown, every call is on disk or in memory', () => {
  const program = join(import.meta.dirname, 'outbox-on-a-full-disk.ts');
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const run = spawnSync('sh', ['-c', 'ulimit -f 2000; exec "$0" "$@"', process.execPath, program, path], {
    encoding: 'utf8',
  });
  const told = JSON.parse(run.stdout);
  expect(told.onDisk).toBeGreaterThan(10);
  expect(told.onDisk).toBeLessThan(490);
  expect(new Set(told.isPending)).toEqual(new Set([1]));
  expect(told.errors).toEqual(['Outbox file cannot be written: outcomes are held in memory']);
});

test('a corrupt file at start is moved aside, and a new one begun', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  writeFileSync(path, 'This is no database, though it is long enough to be one.'.repeat(200));
  const { outbox, log } = openOutbox(path);
  expect(log.lines[0]).toMatchObject({ level: 'error', fields: { code: 'outbox-damaged' } });
  outbox.end(sampleOutcome('n1/1'), 0);
  expect(outbox.isKept('n1/1')).toBe(true);
  const aside = readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'));
  expect(aside).toHaveLength(1);
});

test('pages overwritten in a file that was good: found at start and moved aside', () => {
  const { path, outbox } = openOutbox();
  for (let call = 0; call < 200; call++) outbox.end(sampleOutcome(`n1/${call}`), 0);
  outbox.close();
  const file = new DatabaseSync(path);
  const pages = Number(file.prepare('PRAGMA page_count').get()?.page_count);
  file.close();
  writeFileSync(path, Buffer.alloc(4096 * (pages - 2), 0xa5), { flag: 'r+', flush: true });
  const next = openOutbox(path);
  expect(next.log.lines[0]?.fields.code).toBe('outbox-damaged');
  next.outbox.end(sampleOutcome('n1/new'), 0);
  expect(pendingCalls(next.outbox)).toEqual(['n1/new outcome']);
});

test('a file of a newer program is not touched but moved aside', () => {
  const { path, outbox } = openOutbox();
  outbox.close();
  const file = new DatabaseSync(path);
  file.exec('PRAGMA user_version = 99');
  file.close();
  const next = openOutbox(path);
  expect(next.log.lines[0]).toMatchObject({ level: 'error', fields: { code: 'outbox-newer' } });
  next.outbox.end(sampleOutcome('n1/1'), 0);
  expect(next.outbox.isKept('n1/1')).toBe(true);
});

test('no folder can be made: all is kept in memory, and written once it can', () => {
  const blocker = join(temporaryFolder(), 'blocker');
  writeFileSync(blocker, '');
  const { outbox, log } = openOutbox(join(blocker, 'outbox.sqlite'));
  outbox.begin(sampleFacts('n1/1'), false);
  outbox.end(sampleOutcome('n1/1'), 60_000);
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/1 pass']);
  expect(log.messages('error')).toHaveLength(1);
  rmSync(blocker);
  mkdirSync(blocker);
  vi.advanceTimersByTime(1_100);
  expect(outbox.isKept('n1/1')).toBe(true);
  expect(pendingCalls(outbox)).toEqual(['n1/1 outcome', 'n1/1 pass']);
});

test('an outcome that cannot be written as JSON is logged and holds up nothing', () => {
  const { outbox, log } = openOutbox();
  const circular = { ...sampleOutcome('n1/1') } as Record<string, unknown>;
  circular.self = circular;
  outbox.end(circular as never, 0);
  outbox.end(sampleOutcome('n1/2'), 0);
  expect(log.messages('error')).toEqual(['Outcome cannot be written as JSON']);
  expect(pendingCalls(outbox)).toEqual(['n1/2 outcome']);
});
