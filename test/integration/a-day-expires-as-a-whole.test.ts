import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Transition } from '../../src/call/change.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const dayMs = 86_400_000;
const now = Date.now();

let server: RedisProcess;
let redis: ReturnType<typeof connectRedis>;
beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(async () => {
  await server.admin.flushall();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
});
afterEach(() => redis.disconnect());

const outcomeOf = (callId: string, at: number, rule = 'everyone-else') => {
  const sample = sampleOutcome(callId, { facts: sampleFacts(callId, { now: at }) });
  return { ...sample, decision: sample.decision && { ...sample.decision, rule } };
};

/** Enough calls for every shard, with a rule of their own. */
const calls = (node: string): Transition[] =>
  Array.from({ length: 150 }, (_, id) => {
    const callId = `${node}/${id}`;
    return { id, callId, kind: 'outcome', outcome: outcomeOf(callId, now, `rule-of-${node}`) };
  });

test.each([
  ['shorter', 400, 30],
  ['longer', 30, 400],
])(
  'nodes that keep calls for %s than others: what a record is read by goes when it goes, not before',
  async (_, first, second) => {
    const later = (node: string): Transition => {
      const afterExit = { answeredMs: 1, talkMs: 1, cause: 16 };
      return { id: 1000, callId: `${node}/0`, kind: 'after-exit', afterExit, arrivedAt: now };
    };
    await new RedisCallStore(redis, first * dayMs).write(calls('n1'));
    await new RedisCallStore(redis, second * dayMs).write([...calls('n2'), later('n2')]);
    const keys = await server.admin.keys('gh:{day:*');
    const days = await Promise.all(keys.map(async (key) => Math.floor((await redis.pttl(key)) / dayMs)));
    expect(new Set(days)).toEqual(new Set([first]));
  },
);

test('calls that waited longer than they are kept hold up no others', async () => {
  const log = new RecordingLog();
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, dayMs), log });
  onTestFinished(async () => {
    await drain.close();
    outbox.close();
  });
  for (let call = 0; call < 1000; call++) outbox.end(outcomeOf(`n1/${call}`, now - 5 * dayMs), 0);
  outbox.end(outcomeOf('n1/new', now), 0);
  drain.start();
  expect(await drain.flush(90_000)).toBe(0);
  const streams = (await server.admin.keys('gh:{day:*')).filter((key) => key.endsWith(':records'));
  expect(await Promise.all(streams.map((key) => redis.xlen(key)))).toEqual([1]);
});
