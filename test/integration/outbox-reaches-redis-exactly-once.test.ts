import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { connectRedis } from '../../src/redis/redis-connection.ts';
import { countedCalls as countedIn } from '../call-store/counted-calls.ts';
import { collected } from '../fakes/collected.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleArrival, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const yearsMs = 10 * 365 * 86_400_000;

async function startAll(keepsData = false) {
  const server = await RedisProcess.start({ keepsData });
  onTestFinished(() => server.remove());
  const path = join(temporaryFolder(), 'outbox.sqlite');
  return { server, path, ...connectDrain(server, path) };
}

function connectDrain(server: RedisProcess, path: string) {
  const log = new RecordingLog();
  const outbox = new Outbox({ path, log });
  const redis = connectRedis(server.url, log, { commandTimeoutMs: 300 });
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, yearsMs), log });
  const stop = async () => {
    await drain.close();
    redis.disconnect();
    outbox.close();
  };
  onTestFinished(stop);
  drain.start();
  return { log, outbox, redis, drain, stop };
}

/** Call ids in Redis, as often as they are there. */
async function idsInRedis(server: RedisProcess): Promise<string[]> {
  const outcomes = new RedisOutcomes(server.admin).between(sampleArrival, sampleArrival + 1);
  return (await collected(outcomes)).map(({ callId }) => callId).sort();
}

async function countedCalls(server: RedisProcess): Promise<number> {
  const { connected = 0 } = await countedIn(server.admin, 'where', sampleArrival);
  return connected;
}

test('2,000 outcomes are moved, each once', async () => {
  const { server, outbox, drain, log } = await startAll();
  const ids = Array.from({ length: 2_000 }, (_, call) => `n1/${call}`).sort();
  for (const id of ids) outbox.end(sampleOutcome(id), 0);
  expect(await drain.flush(60_000)).toBe(0);
  expect(await idsInRedis(server)).toEqual(ids);
  expect(await countedCalls(server)).toBe(2_000);
  expect(log.messages('error')).toEqual([]);
});

test('Redis killed and started again, twice, while calls go on: all arrive, each once', async () => {
  const { server, outbox, drain } = await startAll(true);
  const ids: string[] = [];
  const call = () => {
    ids.push(`n1/${ids.length}`);
    outbox.end(sampleOutcome(ids.at(-1) ?? ''), 60_000);
  };
  for (let round = 0; round < 2; round++) {
    for (let n = 0; n < 1500; n++) call();
    await vi.waitFor(() => expect(drain.backlog()).toBeLessThan(2800), { timeout: 60_000, interval: 1 });
    await server.stop();
    for (let n = 0; n < 500; n++) call();
    expect(drain.backlog()).toBeGreaterThanOrEqual(500);
    await server.start();
  }
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 60_000, interval: 50 });
  expect(await idsInRedis(server)).toEqual([...ids].sort());
  expect(await countedCalls(server)).toBe(ids.length);
});

test('Redis frozen in the middle of it and thawed: what it did without being heard is not done twice', async () => {
  const { server, outbox, drain } = await startAll();
  const ids = Array.from({ length: 3000 }, (_, call) => `n1/${call}`).sort();
  for (const id of ids.slice(0, 1500)) outbox.end(sampleOutcome(id), 0);
  await vi.waitFor(() => expect(drain.backlog()).toBeLessThan(1400), { timeout: 60_000, interval: 1 });
  server.freeze();
  for (const id of ids.slice(1500)) outbox.end(sampleOutcome(id), 0);
  const start = performance.now();
  expect(await drain.flush(1_000)).toBeGreaterThan(0);
  expect(performance.now() - start).toBeLessThan(3_000);
  server.thaw();
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 60_000, interval: 50 });
  expect(await idsInRedis(server)).toEqual(ids);
  expect(await countedCalls(server)).toBe(3000);
});

test('Redis frozen at shutdown: close ends within the deadline of a command, the next process sends the rest', async () => {
  const { server, path, outbox, stop } = await startAll();
  await vi.waitFor(async () => expect(await server.admin.client('LIST')).toContain('name=gatehouse'), 90_000);
  server.freeze();
  for (let call = 0; call < 50; call++) outbox.end(sampleOutcome(`n1/${call}`), 0);
  const start = performance.now();
  await stop();
  expect(performance.now() - start).toBeLessThan(1_500);
  server.thaw();
  const next = connectDrain(server, path);
  await vi.waitFor(() => expect(next.drain.backlog()).toBe(0), { timeout: 60_000, interval: 20 });
  expect(await countedCalls(server)).toBe(50);
});

test('Redis not there at start: the first call is moved when it comes', async () => {
  const { server, path, stop } = await startAll();
  await stop();
  await server.stop();
  const { outbox, drain } = connectDrain(server, path);
  outbox.end(sampleOutcome('n1/1'), 0);
  expect(await drain.flush(300)).toBe(1);
  await server.start();
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 60_000, interval: 20 });
  expect(await idsInRedis(server)).toEqual(['n1/1']);
});
