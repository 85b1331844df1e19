import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { FakeCallStore } from './fake-call-store.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function startDrain(batchSize = 200, isBusy = () => false) {
  const log = new RecordingLog();
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const store = new FakeCallStore();
  const drain = new OutboxDrain({ outbox, store, log, batchSize, isBusy });
  return { log, outbox, store, drain };
}

const settled = () => vi.advanceTimersByTimeAsync(0);

test('what waited from before is moved at start, in order, in batches', async () => {
  const { outbox, store, drain } = startDrain(2);
  for (const id of ['n1/1', 'n1/2', 'n1/3']) outbox.end(sampleOutcome(id), id === 'n1/2' ? 1000 : 0);
  expect(drain.backlog()).toBe(4);
  drain.start();
  await settled();
  expect(store.written).toEqual(['n1/1 outcome', 'n1/2 outcome', 'n1/2 pass', 'n1/3 outcome']);
  expect(store.batches).toEqual([2, 2]);
  expect(drain.backlog()).toBe(0);
  await drain.close();
});

test('while calls must wait for a decision it goes on in small batches, with pauses', async () => {
  let busy = true;
  const { outbox, store, drain } = startDrain(200, () => busy);
  for (let i = 0; i < 200; i++) outbox.end(sampleOutcome(`n1/${i}`), 0);
  drain.start();
  await vi.advanceTimersByTimeAsync(900);
  expect(new Set(store.batches)).toEqual(new Set([25]));
  expect(store.batches.length).toBeLessThanOrEqual(6);
  busy = false;
  await vi.advanceTimersByTimeAsync(300);
  expect(store.written).toHaveLength(200);
  await drain.close();
});

test('a new outcome is moved at once', async () => {
  const { outbox, store, drain } = startDrain();
  drain.start();
  await settled();
  outbox.end(sampleOutcome('n1/1'), 0);
  await settled();
  expect(store.written).toEqual(['n1/1 outcome']);
  await drain.close();
});

test('while the store is away it is asked ever more seldom, and new outcomes do not hurry it', async () => {
  const { outbox, store, drain, log } = startDrain();
  store.isAway = true;
  drain.start();
  for (let second = 0; second < 60; second++) {
    outbox.end(sampleOutcome(`n1/${second}`), 0);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(store.batches.length).toBeGreaterThan(10);
  expect(store.batches.length).toBeLessThan(25);
  expect(log.messages('warn')).toEqual(['Outcomes are waiting in the outbox']);
  store.comeBack();
  await settled();
  expect(store.written).toHaveLength(60);
  expect(log.messages('info')).toEqual(['Outcomes are moving to Redis again']);
  await drain.close();
});

test('a row that the store refuses is set aside and named; the others are moved', async () => {
  const { outbox, store, drain, log } = startDrain();
  store.refuses = ({ callId }) => callId === 'n1/2';
  for (const id of ['n1/1', 'n1/2', 'n1/3']) outbox.end(sampleOutcome(id), 0);
  drain.start();
  await settled();
  expect(store.written).toEqual(['n1/1 outcome', 'n1/3 outcome']);
  expect(store.batches).toEqual([3]);
  expect(log.lines.at(-1)).toMatchObject({
    level: 'error',
    fields: { code: 'record-refused', callId: 'n1/2' },
  });
  await drain.close();
});

test('a store too slow for a batch gets smaller ones, until all is moved; that is said once', async () => {
  const { outbox, store, drain, log } = startDrain();
  for (let call = 0; call < 600; call++) outbox.end(sampleOutcome(`n1/${call}`), 0);
  // A narrow line: what was not answered in time goes on its way before what comes behind it.
  const perSecond = 25;
  const deadlineMs = 2_000;
  let isFree = 0;
  store.write = async (transitions) => {
    const from = Math.max(isFree, Date.now());
    isFree = from + (transitions.length / perSecond) * 1000;
    const late = Date.now() + deadlineMs;
    const waitMs = Math.min(isFree, late) - Date.now();
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const inTime = Math.floor(((late - from) / 1000) * perSecond);
    return transitions.map(({ callId }, at) => {
      if (at >= inTime) return { state: 'retry', reason: 'late', isLate: true };
      store.written.push(callId);
      return { state: 'written', isNew: true };
    });
  };
  drain.start();
  await vi.advanceTimersByTimeAsync(59_000);
  expect([drain.backlog(), new Set(store.written).size]).toEqual([0, 600]);
  expect(log.messages('warn')).toEqual(['Outcomes are waiting in the outbox']);
  await drain.close();
});

test('flush ends when all is moved, without waiting for the backoff', async () => {
  const { outbox, store, drain } = startDrain();
  store.isAway = true;
  outbox.end(sampleOutcome('n1/1'), 0);
  drain.start();
  await vi.advanceTimersByTimeAsync(30_000);
  store.isAway = false;
  const flushed = drain.flush(3_000);
  await settled();
  await expect(flushed).resolves.toBe(0);
  await drain.close();
});

test('flush moves what came in the moment in which the outbox was found empty', async () => {
  const { outbox, store, drain } = startDrain();
  drain.start();
  outbox.end(sampleOutcome('n1/1'), 0);
  const flushed = drain.flush(3_000);
  await settled();
  await expect(flushed).resolves.toBe(0);
  expect(store.written).toEqual(['n1/1 outcome']);
  await drain.close();
});

test('flush ends at its deadline and tells what is left', async () => {
  const { outbox, store, drain } = startDrain();
  store.isAway = true;
  outbox.end(sampleOutcome('n1/1'), 1000);
  drain.start();
  const flushed = drain.flush(3_000);
  await vi.advanceTimersByTimeAsync(3_000);
  await expect(flushed).resolves.toBe(2);
  await drain.close();
});

test('a store that throws, against its promise, does not end the draining', async () => {
  const { outbox, store, drain } = startDrain();
  vi.spyOn(store, 'write').mockRejectedValueOnce(new Error('defect'));
  outbox.end(sampleOutcome('n1/1'), 0);
  drain.start();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(store.written).toEqual(['n1/1 outcome']);
  await drain.close();
});

test('what was acknowledged lately is sent again when another store may have taken over, and forgotten after two minutes', async () => {
  const { outbox, store, drain } = startDrain();
  drain.start();
  outbox.end(sampleOutcome('n1/1'), 0);
  await settled();
  await vi.advanceTimersByTimeAsync(110_000);
  outbox.end(sampleOutcome('n1/2'), 0);
  await settled();
  store.written.length = 0;
  store.comeBack();
  await settled();
  expect(store.written).toEqual(['n1/1 outcome', 'n1/2 outcome']);
  await vi.advanceTimersByTimeAsync(121_000);
  store.comeBack();
  await settled();
  expect(store.written).toHaveLength(2);
  expect(drain.backlog()).toBe(0);
  await drain.close();
});

test.each([1, -1])(
  'the wall clock jumps by an hour (times %i): what was acknowledged lately goes again all the same',
  async (way) => {
    const { outbox, store, drain } = startDrain();
    outbox.end(sampleOutcome('n1/1'), 0);
    drain.start();
    await vi.advanceTimersByTimeAsync(1000);
    const { now } = Date;
    const wallClock = vi.spyOn(Date, 'now').mockImplementation(() => now() + way * 3_600_000);
    await vi.advanceTimersByTimeAsync(61_000);
    outbox.end(sampleOutcome('n1/2'), 0);
    await settled();
    store.written.length = 0;
    store.comeBack();
    await settled();
    expect(store.written).toEqual(['n1/1 outcome', 'n1/2 outcome']);
    wallClock.mockRestore();
    await vi.advanceTimersByTimeAsync(121_000);
    store.written.length = 0;
    store.comeBack();
    await settled();
    expect(store.written).toEqual([]);
    await drain.close();
  },
);

test('thousands that were acknowledged lately go again batch by batch, and are not forgotten before their turn', async () => {
  const { outbox, store, drain } = startDrain();
  const ids = Array.from({ length: 3000 }, (_, call) => `n1/${call} outcome`);
  for (const id of ids) outbox.end(sampleOutcome(id.split(' ')[0] ?? ''), 0);
  drain.start();
  await vi.advanceTimersByTimeAsync(100);
  expect(store.written).toEqual(ids);
  store.written.length = 0;
  store.isAway = true;
  outbox.sendAgain();
  expect([drain.backlog(), outbox.waitingOutcomes()]).toEqual([3000, 0]);
  await vi.advanceTimersByTimeAsync(300_000);
  store.comeBack();
  await vi.advanceTimersByTimeAsync(100);
  expect(store.written).toEqual(ids);
  expect(drain.backlog()).toBe(0);
  await drain.close();
});

test('a batch in whose middle another store took over is sent again as a whole', async () => {
  const { outbox, store, drain } = startDrain();
  outbox.end(sampleOutcome('n1/1'), 0);
  const write = store.write.bind(store);
  vi.spyOn(store, 'write').mockImplementationOnce((batch) => {
    store.comeBack();
    return write(batch);
  });
  drain.start();
  await settled();
  expect(store.written).toEqual(['n1/1 outcome', 'n1/1 outcome']);
  expect(drain.backlog()).toBe(0);
  await drain.close();
});

test('a later life that was refused because another server lacked its outcome goes once more when all is sent again', async () => {
  const { outbox, store, drain } = startDrain();
  outbox.begin(sampleFacts('n1/1'), false);
  outbox.end(sampleOutcome('n1/1'), 0);
  drain.start();
  await settled();
  store.isAway = true;
  outbox.ended('n1/1', { answeredMs: 4_200, talkMs: 61_000, cause: 16 });
  await settled();
  let refusals = 0;
  store.refuses = ({ kind }) => kind === 'after-exit' && refusals++ === 0;
  store.comeBack();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(refusals).toBe(2);
  expect(store.written.at(-1)).toBe('n1/1 after-exit');
  expect(drain.backlog()).toBe(0);
  await drain.close();
});

test('the later life of a call goes after its outcome, once, and not at all for a call that is not known', async () => {
  const { outbox, store, drain } = startDrain();
  const afterExit = { answeredMs: 4_200, talkMs: 61_000, cause: 16 };
  outbox.ended('n1/stranger', afterExit);
  outbox.begin(sampleFacts('n1/1'), false);
  outbox.ended('n1/1', afterExit);
  outbox.end(sampleOutcome('n1/1'), 1000);
  outbox.ended('n1/1', afterExit);
  outbox.ended('n1/1', { ...afterExit, cause: 17 });
  const last = outbox.pending().at(-1);
  expect(last).toMatchObject({ kind: 'after-exit', afterExit, arrivedAt: sampleArrival });
  drain.start();
  await settled();
  expect(store.written).toEqual(['n1/1 outcome', 'n1/1 pass', 'n1/1 after-exit']);
  await drain.close();
});
