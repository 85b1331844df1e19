import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

function openOutbox(path = join(temporaryFolder(), 'deep', 'outbox.sqlite'), keepIdsForMs = 86_400_000) {
  const log = new RecordingLog();
  return { path, log, outbox: new Outbox({ path, log, keepIdsForMs }) };
}

test('the first end wins, and a pass is a second transition after the outcome', () => {
  const { outbox } = openOutbox();
  outbox.begin(sampleFacts('n1/1'), false);
  expect(outbox.pending()).toEqual([]);
  outbox.end(sampleOutcome('n1/1'), 60_000);
  outbox.end(sampleOutcome('n1/1', { adopted: true }), 90_000);
  const [outcome, pass, ...more] = outbox.pending();
  expect(outcome).toMatchObject({ kind: 'outcome', callId: 'n1/1', outcome: sampleOutcome('n1/1') });
  const until = sampleArrival + 4130 + 60_000;
  expect(pass).toMatchObject({
    kind: 'pass',
    callId: 'n1/1',
    grant: { callerNumber: '+13175550123', until },
  });
  expect(more).toEqual([]);
});

test('the end of a call that never began is kept', () => {
  const { outbox } = openOutbox();
  outbox.end(sampleOutcome('n1/unknown'), 0);
  expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/unknown']);
  expect(outbox.isKept('n1/unknown')).toBe(true);
});

test('no pass is granted to a caller without a number', () => {
  const { outbox } = openOutbox();
  const caller = { number: null, reason: 'withheld', raw: '', displayName: '' } as const;
  outbox.end(sampleOutcome('n1/1', { facts: sampleFacts('n1/1', { caller }) }), 60_000);
  expect(outbox.pending().map(({ kind }) => kind)).toEqual(['outcome']);
});

test('an end that is repeated after Redis has it changes nothing, in this process or the next', () => {
  const { outbox, path } = openOutbox();
  outbox.end(sampleOutcome('n1/1'), 0);
  outbox.markSent(outbox.pending().map(({ id }) => id));
  outbox.end(sampleOutcome('n1/1'), 0);
  outbox.begin(sampleFacts('n1/1'), true);
  expect(outbox.backlog()).toBe(0);
  outbox.close();
  const next = openOutbox(path).outbox;
  next.end(sampleOutcome('n1/1'), 0);
  expect(next.backlog()).toBe(0);
  expect(next.openCalls()).toEqual([]);
});

test('ids of sent calls are forgotten after their time, unsent calls never are', () => {
  vi.useFakeTimers({ now: sampleArrival });
  try {
    const { outbox } = openOutbox(undefined, 3 * 86_400_000);
    outbox.end(sampleOutcome('n1/sent'), 0);
    outbox.markSent(outbox.pending().map(({ id }) => id));
    outbox.end(sampleOutcome('n1/unsent'), 0);
    vi.setSystemTime(sampleArrival + 4 * 86_400_000);
    vi.advanceTimersByTime(3_700_000);
    outbox.end(sampleOutcome('n1/later'), 0);
    expect(outbox.isKept('n1/sent')).toBe(false);
    expect(outbox.isKept('n1/unsent')).toBe(true);
    expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/unsent', 'n1/later']);
  } finally {
    vi.useRealTimers();
  }
});

test('calls that a former process left open are told, until they are adopted or ended', () => {
  const first = openOutbox();
  for (const id of ['n1/1', 'n1/2', 'n1/3']) first.outbox.begin(sampleFacts(id), false);
  first.outbox.end(sampleOutcome('n1/1'), 0);
  expect(first.outbox.openCalls()).toEqual([]);
  expect(first.outbox.isOpenInThisRun('n1/2')).toBe(true);
  first.outbox.close();

  const { outbox } = openOutbox(first.path);
  expect(outbox.openCalls()).toEqual([sampleFacts('n1/2'), sampleFacts('n1/3')]);
  expect(outbox.isOpenInThisRun('n1/2')).toBe(false);
  outbox.begin(sampleFacts('n1/2'), true);
  expect(outbox.isOpenInThisRun('n1/2')).toBe(true);
  expect(outbox.openCalls().map(({ callId }) => callId)).toEqual(['n1/3']);
  outbox.end(sampleOutcome('n1/3'), 0);
  expect(outbox.openCalls()).toEqual([]);
  expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/1', 'n1/3']);
});

test('what waits is told as outcomes, not as the passes and later lives that wait with them', () => {
  const { outbox } = openOutbox();
  outbox.end(sampleOutcome('n1/1'), 60_000);
  outbox.ended('n1/1', { answeredMs: 900, talkMs: 5000, cause: 16 });
  outbox.end(sampleOutcome('n1/2'), 0);
  expect(outbox.backlog()).toBe(4);
  expect(outbox.waitingOutcomes()).toBe(2);
  outbox.markSent([outbox.pending()[0]?.id ?? 0]);
  expect(outbox.waitingOutcomes()).toBe(1);
});

test('what Redis refuses is set aside with its reason and tried again by the next process', () => {
  const { outbox, path } = openOutbox();
  outbox.end(sampleOutcome('n1/1'), 0);
  outbox.end(sampleOutcome('n1/2'), 0);
  outbox.refuse(outbox.pending()[0]?.id ?? 0, 'WRONGTYPE');
  expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/2']);
  expect(outbox.backlog()).toBe(1);
  outbox.close();
  expect(openOutbox(path).outbox.backlog()).toBe(2);
});

test('only the owner may read the file: it holds numbers of people', () => {
  const { path } = openOutbox();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
