import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { Reconciler, type ReconcilerOptions, unaccountedCalls } from '../../src/outbox/reconcile.ts';
import type { Clock } from '../../src/process/clock.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock: Clock = {
  now: () => Date.now(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The outbox of a new process after one that died with these calls open. */
function afterDeathWith(...callIds: string[]) {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const log = new RecordingLog();
  const dead = new Outbox({ path, log });
  for (const id of callIds) dead.begin(sampleFacts(id, { now: Date.now() }), false);
  dead.close();
  return { log, outbox: new Outbox({ path, log }) };
}

function reconciler(outbox: Outbox, changes: Partial<ReconcilerOptions>) {
  const log = new RecordingLog();
  const notes = { collect: async () => 0 };
  const liveCallIds = async () => new Set<string>();
  return new Reconciler({ outbox, notes, liveCallIds, node: 'n1', clock, log, graceMs: 10_000, ...changes });
}

test('only calls that are gone from Asterisk and older than the grace time are unaccounted for', () => {
  const calls = [
    sampleFacts('old', { now: 0 }),
    sampleFacts('live', { now: 0 }),
    sampleFacts('young', { now: 95 }),
  ];
  expect(unaccountedCalls(calls, new Set(['live']), 100, 10).map(({ callId }) => callId)).toEqual(['old']);
});

test('a call that was let go is known to the next process, however soon this one dies', () => {
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const dying = new Outbox({ path, log: new RecordingLog() });
  const begin = (id: string) => dying.begin(sampleFacts(id, { now: Date.now() }), false);
  begin('n1/let-go');
  dying.settle();
  begin('n1/still-in-asterisk');
  const next = new Outbox({ path, log: new RecordingLog() });
  expect(next.openCalls().map(({ callId }) => callId)).toEqual(['n1/let-go']);
});

test('nothing happens before the grace time; then a call that is gone is recorded as unaccounted for', async () => {
  const { outbox } = afterDeathWith('n1/1');
  reconciler(outbox, {}).start();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(outbox.backlog()).toBe(0);
  await vi.advanceTimersByTimeAsync(1);
  expect(outbox.pending()).toMatchObject([
    {
      outcome: {
        callId: 'n1/1',
        exit: { kind: 'none', reason: 'unaccounted' },
        bypass: null,
        decision: null,
      },
    },
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a note that comes within the grace time has the word', async () => {
  const { outbox } = afterDeathWith('n1/1');
  const bypass = { reason: 'watchdog', detail: '' } as const;
  const collect = async () => {
    outbox.end(sampleOutcome('n1/1', { bypass }), 0);
    return 1;
  };
  reconciler(outbox, { notes: { collect } }).start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(outbox.pending()).toMatchObject([{ outcome: { callId: 'n1/1', bypass } }]);
});

test('a call that is live in Asterisk is left open, and looked at again until it is gone', async () => {
  const { outbox } = afterDeathWith('n1/1', 'n1/2');
  const live = new Set(['n1/2']);
  reconciler(outbox, { liveCallIds: async () => live }).start();
  await vi.advanceTimersByTimeAsync(30_000);
  expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/1']);
  live.clear();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(outbox.pending().map(({ callId }) => callId)).toEqual(['n1/1', 'n1/2']);
  expect(vi.getTimerCount()).toBe(0);
});

test('a call that this process adopted is its session’s, not ours', async () => {
  const { outbox } = afterDeathWith('n1/1');
  outbox.begin(sampleFacts('n1/1'), true);
  reconciler(outbox, {}).start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outbox.backlog()).toBe(0);
});

test('when Asterisk cannot be asked, no call is given up', async () => {
  const { outbox } = afterDeathWith('n1/1');
  let isAway = true;
  const liveCallIds = async () => {
    if (isAway) throw new Error('ARI is away');
    return new Set<string>();
  };
  const watcher = reconciler(outbox, { liveCallIds });
  watcher.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(outbox.backlog()).toBe(0);
  isAway = false;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(outbox.backlog()).toBe(1);
  watcher.close();
});
