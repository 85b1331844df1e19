import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallerAction } from '../../src/call/staff/caller-actions.ts';
import { RedisErasure } from '../../src/call-store/erasure.ts';
import { RedisCallerActions } from '../../src/history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisExpectedCalls } from '../../src/history/redis-expected-calls.ts';
import { callerNames } from '../../src/privacy/caller-names.ts';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { callerKeys, flagBatchKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

const caller = '+13175550123';
const other = '+13175550124';
const now = Date.now();
const dayMs = 86_400_000;

let server: RedisProcess;
let redis: RedisClient;
let actions: RedisCallerActions;
beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  actions = new RedisCallerActions(redis);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
beforeEach(() => server.admin.flushall());

const flagged = (id: string, at = now): CallerAction => ({
  ...{ id, at, who: 'ann', why: 'sells warranties', undone: null },
  ...{ what: 'flag', word: 'scam', calls: [`n1/${id}`] },
});

test('what was done is read back newest first, and what became of it replaces it', async () => {
  await actions.keep(caller, flagged('one', now - 1000));
  await actions.keep(caller, flagged('two'));
  await actions.keep(other, flagged('three'));
  const undone = { ...flagged('one', now - 1000), undone: { at: now, who: 'bea' } };
  await actions.keep(caller, undone);
  await actions.keep(caller, undone);
  expect(await actions.of(caller)).toEqual([flagged('two'), undone]);
  expect(await actions.of('+13175550125')).toEqual([]);
});

test('the oldest make room, and all of it ends a year after the last', async () => {
  for (let n = 0; n < 120; n++) await actions.keep(caller, flagged(`a${n}`, now + n));
  const kept = await actions.of(caller);
  expect(kept).toHaveLength(100);
  expect(kept.at(-1)?.id).toBe('a20');
  const left = await redis.pttl(callerKeys(caller).actions);
  expect(left).toBeGreaterThan(364 * dayMs);
  expect(left).toBeLessThanOrEqual(366 * dayMs);
});

test('a row that is none of ours is left out', async () => {
  const { actions: key } = callerKeys(caller);
  await redis.hset(key, { x: 'nonsense', y: '{"id":"y","what":"flag"}', z: '[]' });
  await actions.keep(caller, flagged('one'));
  expect(await actions.of(caller)).toEqual([flagged('one')]);
});

test('calls that were flagged at once are kept as one, without any caller', async () => {
  const batch = { at: now, who: 'ann', word: 'scam', calls: ['n1/1', 'n1/2'], undone: null } as const;
  await actions.keepBatch('b1', batch);
  expect(await actions.batch('b1')).toEqual(batch);
  expect(await actions.batch('b2')).toBeNull();
  expect(await redis.pttl(flagBatchKey('b1'))).toBeGreaterThan(364 * dayMs);
  await expect(actions.batch('../x')).rejects.toMatchObject({ code: 'redis-key' });
});

test('with pseudonyms the store has no number', async () => {
  const names = callerNames('a key');
  const hidden = new RedisCallerActions(redis, names);
  await hidden.keep(caller, flagged('one'));
  expect(await hidden.of(names.of(caller))).toHaveLength(1);
  expect((await redis.keys('*')).join()).not.toContain(caller.slice(1));
});

test('expected calls of one caller alone, and when the caller opted out', async () => {
  const expected = new RedisExpectedCalls(redis);
  const until = now + dayMs;
  await expected.add({ caller, called: null, until, why: 'any' }, now);
  await expected.add({ caller, called: '+13175550100', until: until + 1, why: 'one' }, now);
  for (let n = 0; n < 300; n++)
    await expected.add({ caller: `+1212555${1000 + n}`, called: null, until, why: 'x' }, now);
  expect((await expected.ofCaller(caller, now)).map(({ why }) => why)).toEqual(['any', 'one']);
  expect(await expected.ofCaller(caller, until)).toHaveLength(1);
  expect(await expected.ofCaller('+1212555', now)).toEqual([]);

  const flags = new RedisCallerFlags(redis);
  expect(await flags.optedOutAt(caller)).toBeNull();
  await flags.optOut(caller, now - dayMs);
  expect(await flags.optedOutAt(caller)).toBe(now - dayMs);
});

test('who is forgotten leaves nothing that staff did', async () => {
  await actions.keep(caller, flagged('one'));
  const erased = await new RedisErasure(redis).erase(new ForgottenCaller(caller, []));
  expect(erased.keys).toEqual(['actions']);
  expect(await actions.of(caller)).toEqual([]);
});
