import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RedisErasure } from '../../src/call-store/erasure.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { eraseFromOutbox } from '../../src/outbox/erasure.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { shardKeysOfCall } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const person = '+13175550163';
const other = '+13175550164';
const yearMs = 365 * 86_400_000;
const now = Date.now();
const shard = shardKeysOfCall('n1/0', now);

const outcomeOf = (callId: string, number: string) => {
  const caller = { number, reason: null, raw: number.slice(2), displayName: '' };
  return sampleOutcome(callId, { facts: sampleFacts(callId, { now, caller }) });
};

/** A Redis with a call of each of the two, in the same shard. */
async function world() {
  const server = await RedisProcess.start({ keepsData: true });
  onTestFinished(() => server.remove());
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const ids = Array.from({ length: 50 }, (_, call) => `n1/${call}`);
  const [first = '', second = ''] = ids.filter((id) => shardKeysOfCall(id, now).shard === shard.shard);
  const outcomes = [outcomeOf(first, person), outcomeOf(second, other)];
  await new RedisCallStore(redis, yearMs).write(
    outcomes.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  return { server, redis };
}

/** The same connection, at whose last step of a rewrite something happens. */
function withFinish(redis: RedisClient, finish: (real: () => Promise<number>) => Promise<number>) {
  return new Proxy(redis, {
    get(target, name) {
      if (name === 'finishRewrite')
        return (...args: string[]) => finish(() => target.finishRewrite(...args) as Promise<number>);
      const found = Reflect.get(target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  }) as RedisClient;
}

const erase = (redis: RedisClient, number: string) =>
  new RedisErasure(redis).erase(new ForgottenCaller(number, []));

async function copies(redis: RedisClient): Promise<string[]> {
  return (await redis.keys('gh:{day:*')).filter((key) => key.startsWith(`${shard.records}:`));
}

test('Redis dies right after the stream was rewritten: nothing of the number stays once it is repeated', async () => {
  const { server, redis } = await world();
  const dies = withFinish(redis, async (real) => {
    const entries = await real();
    await server.stop();
    return entries;
  });
  await expect(erase(dies, person)).rejects.toThrow();
  await server.start();
  await vi.waitFor(() => expect(redis.status).toBe('ready'), { timeout: 90_000 });
  await redis.del('gh:{forgetting}');
  await erase(redis, person);
  const entries = await redis.xrange(shard.records, '-', '+');
  expect(JSON.stringify(entries)).not.toContain(person);
  expect(JSON.stringify(entries)).toContain(other);
});

test('a copy that a broken-off forget left behind expires, and holds nobody who is forgotten afterward', async () => {
  const { redis } = await world();
  const breaksOff = withFinish(redis, () => Promise.reject(new Error('gone')));
  await expect(erase(breaksOff, person)).rejects.toThrow('gone');
  const [copy = ''] = await copies(redis);
  expect(await redis.pttl(copy)).toBeGreaterThan(0);
  await erase(redis, other);
  expect(await copies(redis)).toEqual([]);
});

test('a copy of which only the first entry was written expires too', async () => {
  const { redis } = await world();
  // An entry that stands where the second one belongs is refused by Redis.
  const breaksOff = new Proxy(redis, {
    get(target, name) {
      if (name === 'pipeline')
        return () => {
          const pipeline = target.pipeline();
          const xadd = pipeline.xadd.bind(pipeline);
          let added = 0;
          pipeline.xadd = ((key: string, id: string, ...rest: string[]) =>
            xadd(key, added++ === 1 ? '0-0' : id, ...rest)) as typeof pipeline.xadd;
          return pipeline;
        };
      const found = Reflect.get(target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
  await expect(erase(breaksOff, person)).rejects.toThrow();
  const [copy = ''] = await copies(redis);
  expect(await redis.pttl(copy)).toBeGreaterThan(0);
});

test('a day that expires while it is rewritten stays gone', async () => {
  const { redis } = await world();
  const expires = withFinish(redis, async (real) => {
    await redis.del(shard.records);
    return real();
  });
  await erase(expires, person);
  const left = await redis.exists(shard.records);
  expect([left, await copies(redis)]).toEqual([0, []]);
});

test('somebody who reads the outbox keeps its pages: that is an error, and no trace is left once it is repeated', () => {
  const path = join(temporaryFolder(), `outbox-${randomBytes(4).toString('hex')}.sqlite`);
  const outbox = new Outbox({ path, log: new RecordingLog() });
  onTestFinished(() => outbox.close());
  outbox.end(outcomeOf('n1/1', person), 0);
  const backup = new DatabaseSync(path);
  backup.exec('BEGIN');
  backup.prepare('SELECT count(*) FROM transitions').get();
  const forgotten = new ForgottenCaller(person, []);
  expect(() => eraseFromOutbox(path, forgotten, 100)).toThrow(
    expect.objectContaining({ code: 'outbox-busy' }),
  );
  backup.close();
  eraseFromOutbox(path, forgotten, 100);
  const files = readdirSync(dirname(path)).map((name) => readFileSync(join(dirname(path), name)));
  expect(files.some((bytes) => forgotten.mayBeIn(bytes))).toBe(false);
});
