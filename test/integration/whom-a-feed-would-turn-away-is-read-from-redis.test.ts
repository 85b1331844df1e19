import { afterAll, beforeAll, expect, it } from 'vitest';
import { feedCallers } from '../../src/app/feed-callers.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { compileList } from '../lists/compile-list.ts';

const day = 86_400_000;
let server: RedisProcess;

beforeAll(async () => {
  server = await RedisProcess.start();
  const redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const store = new RedisCallStore(redis, 90 * day);
  // A hundred callers, each of them three times.
  const transitions = Array.from({ length: 300 }, (_, id) => {
    const callId = `n1/${id}`;
    const number = `+1317200${String(1000 + (id % 100))}`;
    const now = Date.now() - id * 3_600_000;
    const facts = sampleFacts(callId, {
      now,
      caller: { number, reason: null, raw: number, displayName: '' },
    });
    return { id, callId, kind: 'outcome', outcome: sampleOutcome(callId, { facts }) } as const;
  });
  await store.write(transitions);
  redis.disconnect();
});
afterAll(() => server.remove());

const listOf = (...numbers: string[]) =>
  compileList({ id: 'scam', file: 'scam.txt', columns: {}, text: numbers.join('\n') }, 'US').list;

it('counts callers of the last month who would come onto the list', async () => {
  const count = feedCallers(server.url, new RecordingLog());
  const some = listOf('+13172001000', '+13172001001', '+13172001002', '+442079460123');
  expect(await count(some, null)).toEqual({ callers: 100, listed: 3 });
  expect(await count(some, listOf('+13172001000'))).toEqual({ callers: 100, listed: 2 });
  expect(await count(listOf('+1317*'), some)).toEqual({ callers: 100, listed: 97 });
});

it('cannot tell while Redis is away, and says so', async () => {
  const log = new RecordingLog();
  const gone = await RedisProcess.start();
  const { url } = gone;
  await gone.remove();
  expect(await feedCallers(url, log, 3000)(listOf('+13172001000'), null)).toBeNull();
  expect(JSON.stringify(log)).toContain('cannot be told');
});
