import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RedisOutcomeLines } from '../../src/call-store/outcome-lines.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { redisDangers } from '../../src/redis/redis-dangers.ts';
import { collected } from '../fakes/collected.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisClusterProcesses } from '../fakes/redis-cluster-processes.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisSentinelProcesses } from '../fakes/redis-sentinel-processes.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

const hourMs = 3_600_000;
const caller = '+13175550177';

async function connect(url: string) {
  const log = new RecordingLog();
  const redis = connectRedis(url, log, { commandTimeoutMs: 500 });
  await redisReady(redis, 10_000);
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const store = new RedisCallStore(redis, 365 * 24 * hourMs);
  const drain = new OutboxDrain({ outbox, store, log });
  onTestFinished(async () => {
    await drain.close();
    redis.disconnect();
    outbox.close();
  });
  drain.start();
  const random = seeded(5);
  const now = Date.now();
  const ids: string[] = [];
  const call = () => {
    const outcome = variedOutcome(ids.length, now - ids.length, random);
    const facts = { ...outcome.facts, caller: { ...outcome.facts.caller, number: caller, reason: null } };
    ids.push(outcome.callId);
    outbox.end({ ...outcome, facts }, hourMs);
    if (outcome.exit.kind === 'connect')
      outbox.ended(outcome.callId, { answeredMs: 1, talkMs: ids.length, cause: 16 });
  };
  return { log, redis, outbox, drain, now, ids, call };
}

type Connected = Awaited<ReturnType<typeof connect>>;

async function callsGoOn({ call }: Connected, count: number, everyMs: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    call();
    await setTimeout(everyMs);
  }
}

/** Every call is there once: in the streams, the columns, the counts and the caller's window; passes are known. */
async function expectAllOnce({ redis, drain, now, ids, log }: Connected): Promise<void> {
  await vi.waitFor(() => expect(drain.backlog()).toBe(0), { timeout: 60_000, interval: 50 });
  const range = { since: now - hourMs, until: now + hourMs, step: 'day' } as const;
  const read = await collected(new RedisOutcomes(redis).between(range.since, range.until));
  expect(read.map(({ callId }) => callId).sort()).toEqual([...ids].sort());
  const lines = new RedisOutcomeLines(redis, range.since, range.until);
  expect((await collected(lines.pages())).flat()).toHaveLength(2 * ids.length);
  expect(lines.entriesRead).toBe(await lines.countEntries());
  const records = await RedisRangeRecords.open(redis);
  const page = await records.page({ ...range, caller }, null, 10_000);
  expect(page.calls.map(({ outcome }) => outcome.callId)).toEqual(ids);
  for (const { outcome, afterExit } of page.calls)
    expect(afterExit === null).toBe(outcome.exit.kind !== 'connect');
  const counted = await records.counts('where', range);
  expect(counted.reduce((sum, { calls }) => sum + calls, 0)).toBe(ids.length);
  expect((await records.call(ids[3] ?? ''))?.outcome.callId).toBe(ids[3]);
  const facts = sampleFacts('n1/x', {
    now: now + 1,
    caller: { ...sampleFacts('n1/x').caller, number: caller },
  });
  const history = await new RedisCallerHistory(redis).read(facts, 1_000);
  expect(history.calls?.[7]).toBe(Math.min(ids.length, 512));
  expect(history.boardCalls?.[7]).toBe(ids.length);
  expect(history.passUntil).toBeGreaterThan(now);
  expect(log.messages('error')).toEqual([]);
}

test('a Cluster of three nodes loses its master while calls go on: all are recorded, each once', async () => {
  const cluster = await RedisClusterProcesses.start();
  onTestFinished(() => cluster.remove());
  const connected = await connect(cluster.url);
  expect(await redisDangers(connected.redis)).toContainEqual(
    expect.objectContaining({ code: 'redis-forgets' }),
  );
  await callsGoOn(connected, 60, 5);
  await vi.waitFor(() => expect(connected.drain.backlog()).toBe(0), { timeout: 60_000 });
  // Acknowledged by a master whose replica never gets it: only who keeps it can send it again.
  await cluster.cutReplication();
  await callsGoOn(connected, 60, 2);
  await vi.waitFor(() => expect(connected.drain.backlog()).toBe(0), { timeout: 60_000 });
  await cluster.first.stop();
  await Promise.all([callsGoOn(connected, 150, 20), cluster.failedOver()]);
  await expectAllOnce(connected);
});

test('Sentinels let a replica take over while calls go on: all are recorded, each once', async () => {
  const sentinels = await RedisSentinelProcesses.start();
  onTestFinished(() => sentinels.remove());
  const connected = await connect(sentinels.url);
  const dangers = await redisDangers(connected.redis);
  expect(dangers.map(({ code }) => code)).toEqual(['redis-forgets', 'redis-failover-loses']);
  await callsGoOn(connected, 60, 5);
  await vi.waitFor(() => expect(connected.drain.backlog()).toBe(0), { timeout: 60_000 });
  await sentinels.cutReplication();
  await callsGoOn(connected, 60, 2);
  await vi.waitFor(() => expect(connected.drain.backlog()).toBe(0), { timeout: 60_000 });
  await sentinels.master.stop();
  await Promise.all([callsGoOn(connected, 150, 20), sentinels.failedOver()]);
  await expectAllOnce(connected);
});
