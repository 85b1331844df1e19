import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import type { LabCaller } from '../../lab/caller.ts';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { CallRecord } from '../../src/call/call-records.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RedisClusterProcesses } from '../fakes/redis-cluster-processes.ts';
import { RedisSentinelProcesses } from '../fakes/redis-sentinel-processes.ts';

let lab: Lab | undefined;
let servers: { remove(): Promise<void> } | undefined;
afterEach(async () => {
  await lab?.down();
  await servers?.remove();
});

const customers = 48;
const strangers = 12;

/** Calls for twelve seconds, four or five a second; `kill` in their midst. The SIP Call-IDs. */
async function callsGoOn(running: Lab, kill: () => Promise<void>): Promise<string[]> {
  const phones: [LabCaller, number][] = [
    [
      await running.ring(
        { from: numbers.customer, to: switchboard, steps: [{ hold: 1500 }] },
        { calls: customers, rate: 4, timeoutMs: 60_000 },
      ),
      customers,
    ],
    [
      await running.ring(
        {
          from: numbers.pressesOne,
          to: switchboard,
          steps: [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1500 }],
        },
        { calls: strangers, rate: 1, timeoutMs: 60_000 },
      ),
      strangers,
    ],
  ];
  await sleep(3_000);
  await kill();
  const ids: string[] = [];
  for (const [phone, count] of phones) {
    const { calls } = await phone.finished();
    expect([...calls.values()]).toEqual(Array(count).fill(['answered', 'hung-up']));
    ids.push(...calls.keys());
  }
  return ids;
}

/** Every record in that Redis, when as many as these have come, and their later lives. */
async function recordsOf(url: string, ids: readonly string[]): Promise<readonly CallRecord[]> {
  const redis = connectRedis(url, silentLog, { name: 'test', commandTimeoutMs: 20_000 });
  try {
    await redisReady(redis, 10_000);
    const records = await RedisRangeRecords.open(redis);
    const range = { since: Date.now() - 3_600_000, until: Date.now() + 60_000 };
    const all = () => records.page(range, null, 1000);
    await until(`${ids.length} calls with their later lives`, 30_000, async () => {
      const { calls } = await all().catch(() => ({ calls: [] }));
      return calls.length >= ids.length && calls.every(hasAll) ? true : null;
    });
    // A moment more, in which a doubled one would come.
    await sleep(1_000);
    const counted = await records.counts('where', { ...range });
    expect(counted.reduce((sum, { calls }) => sum + calls, 0)).toBe(ids.length);
    return (await all()).calls;
  } finally {
    redis.disconnect();
  }
}

/** A call that a busy machine sent on unscreened is not followed. */
function hasAll({ outcome, afterExit }: CallRecord): boolean {
  return afterExit !== null || outcome.bypass !== null;
}

function expectConnectedOnce(records: readonly CallRecord[], ids: readonly string[]): void {
  expect(records.map(({ outcome }) => outcome.facts.sipCallId).sort()).toEqual([...ids].sort());
  for (const record of records) {
    expect(record.outcome).toMatchObject({ exit: { kind: 'connect', exit: 'operators' } });
    expect(hasAll(record)).toBe(true);
  }
  const screened = records.filter(({ outcome }) => outcome.bypass === null);
  expect(screened.length).toBeGreaterThan(records.length / 2);
  // Of a call that was answered before anybody listened, as on a busy machine, it is not known when.
  const answered = records.filter(({ afterExit }) => (afterExit?.answeredMs ?? 0) > 0);
  expect(answered.length).toBeGreaterThan(records.length / 2);
}

test('a Redis Cluster loses a master under calls: every call is connected, and recorded once', async () => {
  const cluster = await RedisClusterProcesses.start();
  servers = cluster;
  lab = await Lab.up({ env: { GATEHOUSE_REDIS_URL: cluster.url } });
  const ids = await callsGoOn(lab, () => cluster.first.stop());
  await cluster.failedOver();
  expectConnectedOnce(await recordsOf(cluster.url, ids), ids);
});

test('Sentinels replace a master under calls: every call is connected, and recorded once', async () => {
  const sentinels = await RedisSentinelProcesses.start();
  servers = sentinels;
  lab = await Lab.up({ env: { GATEHOUSE_REDIS_URL: sentinels.url } });
  const ids = await callsGoOn(lab, () => sentinels.master.stop());
  await sentinels.failedOver();
  expectConnectedOnce(await recordsOf(sentinels.url, ids), ids);
});
