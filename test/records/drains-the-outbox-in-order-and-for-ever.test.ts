import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Outbox } from '../../src/records/outbox.ts';
import { OutboxDrain } from '../../src/records/outbox-drain.ts';
import { FakeCallStore } from './fake-call-store.ts';
import { RecordingLog } from './recording-log.ts';
import { sampleOutcome } from './sample-outcome.ts';
import { temporaryFolder } from './temporary-folder.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function startDrain(batchSize = 200) {
  const log = new RecordingLog();
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const store = new FakeCallStore();
  const drain = new OutboxDrain({ outbox, store, log, batchSize });
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
  expect(log.messages('warn')).toEqual(['outcomes wait in the outbox']);
  store.comeBack();
  await settled();
  expect(store.written).toHaveLength(60);
  expect(log.messages('info')).toEqual(['outcomes are moving to Redis again']);
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
