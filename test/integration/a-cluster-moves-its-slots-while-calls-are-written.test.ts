import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { shardKeysOfCall } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisClusterProcesses } from '../fakes/redis-cluster-processes.ts';
import type { RedisProcess } from '../fakes/redis-process.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

type SlotRange = [from: number, to: number, master: [host: string, port: number]];

const yearMs = 365 * 86_400_000;

/** As `redis-cli --cluster reshard` does it: key by key, the slot being half here and half there meanwhile. */
async function moveSlot(
  slot: number,
  from: RedisProcess,
  to: RedisProcess,
  masters: readonly RedisProcess[],
) {
  const [fromId, toId] = await Promise.all(
    [from, to].map(async ({ admin }) => String(await admin.cluster('MYID'))),
  );
  await to.admin.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId ?? '');
  await from.admin.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId ?? '');
  for (;;) {
    const keys = (await from.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
    const [key] = keys;
    if (key === undefined) break;
    await from.admin.call('MIGRATE', '127.0.0.1', to.port, key, 0, 5_000);
    await setTimeout(20);
  }
  // The new owner first, or calls are sent to and fro between two that both disown the slot.
  const told = [to, from, ...masters.filter((master) => master !== to && master !== from)];
  for (const { admin } of told) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId ?? '');
}

/** As the nodes themselves say it: a slot has an owner whether or not a key is in it. */
async function ownerOf(slot: number, masters: readonly RedisProcess[]): Promise<RedisProcess> {
  const [first] = masters;
  const ranges = (await first?.admin.cluster('SLOTS')) as unknown as SlotRange[];
  const range = ranges.find(([from, to]) => from <= slot && slot <= to);
  const owner = masters.find(({ port }) => port === range?.[2][1]);
  if (owner === undefined) throw new Error(`no master owns slot ${slot}`);
  return owner;
}

test('slots of a day move to another master under calls: all are recorded once, none is refused', async () => {
  const cluster = await RedisClusterProcesses.start();
  onTestFinished(() => cluster.remove());
  const log = new RecordingLog();
  const redis = connectRedis(cluster.url, log);
  await redisReady(redis, 10_000);
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, yearMs), log });
  onTestFinished(async () => {
    await drain.close();
    redis.disconnect();
    outbox.close();
  });
  drain.start();
  const now = Date.now();
  const random = seeded(11);
  let calls = 0;
  const call = () => outbox.end(variedOutcome(calls++, now - 3_600_000 + calls, random), 60_000);
  for (let n = 0; n < 300; n++) call();
  expect(await drain.flush(90_000)).toBe(0);
  const timer = setInterval(call, 5);
  const slots = new Set<number>();
  for (let n = 0; n < 8; n++) {
    const { records } = shardKeysOfCall(`n1/${n}`, now - 3_600_000);
    slots.add(Number(await cluster.first.admin.cluster('KEYSLOT', records)));
  }
  for (const slot of slots) {
    const from = await ownerOf(slot, cluster.masters);
    const to = cluster.masters.find((master) => master !== from) ?? from;
    await moveSlot(slot, from, to, cluster.masters);
  }
  clearInterval(timer);
  expect(await drain.flush(90_000)).toBe(0);
  const records = await RedisRangeRecords.open(redis);
  const range = { since: now - 3_700_000, until: now };
  expect((await records.summary(range)).totals.calls).toBe(calls);
  const seen: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page = await records.page(range, cursor, 200);
    seen.push(...page.calls.map(({ outcome }) => outcome.callId));
    cursor = page.next;
    if (cursor === null) break;
  }
  expect([seen.length, new Set(seen).size]).toEqual([calls, calls]);
  expect(log.messages('error')).toEqual([]);
}, 300_000);
