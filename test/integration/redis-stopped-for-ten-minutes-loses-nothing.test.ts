import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';
import { processorMs } from '../processor-time.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Ten minutes at 20 calls a second; the clock that the arrivals tell is theirs, Redis is really down meanwhile. */
const calls = 12_000;
const gapMs = 50;

test('12,000 calls while Redis is down: all wait on disk, and once it is back all are there, each once', async () => {
  const server = await RedisProcess.start({ keepsData: true });
  onTestFinished(() => server.remove());
  const log = new RecordingLog();
  const path = join(temporaryFolder(), 'outbox.sqlite');
  const outbox = new Outbox({ path, log });
  const redis = connectRedis(server.url, log);
  await redisReady(redis, 20_000);
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, 24 * hourMs), log });
  onTestFinished(async () => {
    await drain.close();
    redis.disconnect();
    outbox.close();
  });
  drain.start();
  const begin = Date.now() - 20 * minuteMs;
  const random = seeded(9);
  const ids: string[] = [];
  const call = () => {
    const outcome = variedOutcome(ids.length, begin + ids.length * gapMs, random);
    ids.push(outcome.callId);
    outbox.begin(outcome.facts, false);
    outbox.end(outcome, 0);
    if (outcome.exit.kind === 'connect')
      outbox.ended(outcome.callId, { answeredMs: 1, talkMs: 2, cause: 16 });
  };
  for (let n = 0; n < 100; n++) call();
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 90_000 });

  await server.stop();
  let slowestMs = 0;
  for (let second = 0; second < calls / 20; second++) {
    for (let n = 0; n < 20; n++) {
      slowestMs = Math.max(slowestMs, processorMs(call));
    }
    // The drain and its connection have their turns, as between calls.
    await new Promise(setImmediate);
  }
  expect(drain.backlog()).toBeGreaterThanOrEqual(calls);
  expect(slowestMs).toBeLessThan(1_000);
  expect(statSync(path).size + statSync(`${path}-wal`).size).toBeLessThan(100_000_000);
  expect(log.messages('error')).toEqual([]);

  await server.start();
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 240_000, interval: 100 });
  const found: string[] = [];
  for await (const { callId } of new RedisOutcomes(redis).between(begin, begin + hourMs)) found.push(callId);
  expect(found.sort()).toEqual(ids.sort());
  const counted = await (await RedisRangeRecords.open(redis)).counts('where', {
    since: begin,
    until: begin + hourMs,
  });
  expect(counted.reduce((sum, row) => sum + row.calls, 0)).toBe(ids.length);
  expect(log.messages('info')).toContain('Outcomes are moving to Redis again');
}, 400_000);
