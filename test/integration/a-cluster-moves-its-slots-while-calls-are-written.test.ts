import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from '../../src/records/outbox.ts';
import { OutboxDrain } from '../../src/records/outbox-drain.ts';
import { RedisCallRecords } from '../../src/records/redis-call-records.ts';
import { RedisCallStore } from '../../src/records/redis-call-store.ts';
import { connectRedis, redisReady } from '../../src/records/redis-connection.ts';
import { shardKeysOfCall } from '../../src/records/redis-keys.ts';
import { RedisClusterProcesses } from '../fakes/redis-cluster-processes.ts';
import type { RedisProcess } from '../fakes/redis-process.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { RecordingLog } from '../records/recording-log.ts';
import { temporaryFolder } from '../records/temporary-folder.ts';
import { variedOutcome } from '../records/varied-outcome.ts';

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
  for (const { admin } of masters) await admin.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId ?? '');
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
  await drain.flush(10_000);
  const timer = setInterval(call, 5);
  const slots = new Set<number>();
  for (let n = 0; n < 8; n++) {
    const { records } = shardKeysOfCall(`n1/${n}`, now - 3_600_000);
    slots.add(Number(await cluster.first.admin.cluster('KEYSLOT', records)));
  }
  for (const slot of slots) {
    const owner = await Promise.all(
      cluster.masters.map(async (master) => {
        const keys = (await master.admin.call('CLUSTER', 'GETKEYSINSLOT', slot, 1)) as string[];
        return keys.length > 0 ? [master] : [];
      }),
    );
    const [from] = owner.flat();
    const to = cluster.masters.find((master) => master !== from);
    if (from === undefined || to === undefined) throw new Error('no owner');
    await moveSlot(slot, from, to, cluster.masters);
  }
  clearInterval(timer);
  expect(await drain.flush(20_000)).toBe(0);
  const records = new RedisCallRecords(redis);
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
}, 90_000);
