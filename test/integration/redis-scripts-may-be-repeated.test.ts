import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Transition } from '../../src/call/change.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { readEntry } from '../../src/call-store/stored-entry.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { passKey, shardKeysOfCall } from '../../src/redis/redis-keys.ts';
import { countedCalls } from '../call-store/counted-calls.ts';
import { collected } from '../fakes/collected.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const dayMs = 86_400_000;
const caller = '+13175550123';
const facts = sampleFacts('n1/0');

let server: RedisProcess;
let redis: ReturnType<typeof connectRedis>;
let store: RedisCallStore;

beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(async () => {
  await server.admin.flushall();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  store = new RedisCallStore(redis, 3650 * dayMs);
});
afterEach(() => redis.disconnect());

let lastId = 0;
const outcomeOf = (outcome: Outcome): Transition => ({
  id: ++lastId,
  callId: outcome.callId,
  kind: 'outcome',
  outcome,
});
const passOf = (callId: string, until: number, callerNumber = caller): Transition => ({
  id: ++lastId,
  callId,
  kind: 'pass',
  grant: { callerNumber, until },
});
const at = (callId: string, now: number) => sampleOutcome(callId, { facts: sampleFacts(callId, { now }) });

async function stored(since = sampleArrival - 30 * dayMs): Promise<Outcome[]> {
  return collected(new RedisOutcomes(redis).between(since, sampleArrival + 30 * dayMs));
}

test('an outcome that is written three times is stored and counted once', async () => {
  const transition = outcomeOf(sampleOutcome('n1/1'));
  expect(await store.write([transition])).toEqual([{ state: 'written', isNew: true }]);
  expect(await store.write([transition, transition])).toEqual([
    { state: 'written', isNew: false },
    { state: 'written', isNew: false },
  ]);
  expect(await stored()).toEqual([sampleOutcome('n1/1')]);
  const counted = await Promise.all(
    (['where', 'rule', 'verdict', 'challenge', 'called', 'exchange'] as const).map((dimension) =>
      countedCalls(server.admin, dimension, sampleArrival),
    ),
  );
  expect(counted).toEqual([
    { connected: 1 },
    { 'everyone-else': 1 },
    { challenge: 1 },
    { passed: 1 },
    { '+13175550000': 1 },
    { '+1317555': 1 },
  ]);
});

test('what came later of a call is in the same stream after it, once, and a reader of the stream meets it in order', async () => {
  const afterExit = { answeredMs: 9000, talkMs: 61_000, cause: 16 };
  const realExit = { at: sampleArrival + 7_000, asked: '', to: { kind: 'operators' }, why: 'busy' } as const;
  const about = { callId: 'n1/1', arrivedAt: sampleArrival };
  const later: Transition[] = [
    { id: ++lastId, ...about, kind: 'after-exit', afterExit },
    { id: ++lastId, ...about, kind: 'real-exit', realExit },
  ];
  const changed = { ...realExit, at: realExit.at + 1, why: 'no-answer' };
  const missing = { state: 'refused', reason: 'there is no outcome of this call' };
  expect(await store.write(later)).toEqual([missing, missing]);
  await store.write([outcomeOf(sampleOutcome('n1/1')), ...later]);
  await store.write([outcomeOf(at('n1/2', sampleArrival - 1)), ...later, ...later]);
  await store.write([{ id: ++lastId, ...about, kind: 'real-exit', realExit: changed }, ...later]);
  const { records } = shardKeysOfCall('n1/1', sampleArrival);
  const entries = (await redis.xrangeBuffer(records, '-', '+')).map(([, fields]) => readEntry(fields));
  expect(entries.filter((entry) => entry?.callId === 'n1/1')).toEqual([
    { kind: 'call', callId: 'n1/1', outcome: sampleOutcome('n1/1') },
    { kind: 'after-exit', callId: 'n1/1', afterExit },
    { kind: 'real-exit', callId: 'n1/1', realExit },
    { kind: 'real-exit', callId: 'n1/1', realExit: changed },
  ]);
});

test('outcomes in any order, many twice: each is stored once, and counts and stream agree', async () => {
  const bypass = { reason: 'watchdog', detail: '' } as const;
  const outcomes = Array.from({ length: 300 }, (_, call) => ({
    ...at(`n1/${call}`, sampleArrival + ((call * 7919) % 1000) * 1000),
    ...(call % 5 === 0 ? { bypass, decision: null, challenge: null } : {}),
  }));
  const shuffled = [...outcomes, ...outcomes.filter((_, n) => n % 3 === 0)].map(outcomeOf);
  shuffled.sort((a, b) => ((a.id * 7877) % 1009) - ((b.id * 7877) % 1009));
  const results = await store.write(shuffled);
  expect(results.filter((result) => result.state === 'written' && result.isNew)).toHaveLength(300);

  const found = await stored();
  expect(new Set(found.map(({ callId }) => callId)).size).toBe(300);
  expect(found).toHaveLength(300);
  expect(await countedCalls(server.admin, 'bypass', sampleArrival)).toEqual({ watchdog: 60 });
  expect(await countedCalls(server.admin, 'verdict', sampleArrival)).toEqual({ challenge: 240, none: 60 });
});

test('reading from a time finds every call that arrived since, however late it was written', async () => {
  const late = Array.from({ length: 50 }, (_, call) => at(`n1/${call}`, sampleArrival - call * 60_000));
  await store.write(late.map(outcomeOf));
  const since = sampleArrival - 10 * 60_000;
  expect((await stored(since)).map(({ callId }) => callId).sort()).toEqual(
    late
      .slice(0, 11)
      .map(({ callId }) => callId)
      .sort(),
  );
});

test('a range over midnight is read from both days', async () => {
  const midnight = Date.UTC(2026, 2, 3);
  await store.write([outcomeOf(at('n1/before', midnight - 1)), outcomeOf(at('n1/after', midnight))]);
  const source = new RedisOutcomes(redis);
  const both = await collected(source.between(midnight - 1, midnight + 1));
  expect(both.map(({ callId }) => callId)).toEqual(['n1/before', 'n1/after']);
  expect(await collected(source.between(midnight - 1, midnight))).toHaveLength(1);
});

test('an entry that is not an outcome is skipped', async () => {
  const { records } = shardKeysOfCall('n1/1', sampleArrival);
  await server.admin.xadd(records, `${sampleArrival}-0`, 'json', '{"schema":1}');
  await server.admin.xadd(records, `${sampleArrival}-1`, 'something', 'else');
  await server.admin.xadd(
    records,
    `${sampleArrival}-2`,
    'id',
    'n1/9',
    'packed',
    Buffer.from('\u0007not packed'),
  );
  await store.write([outcomeOf(sampleOutcome('n1/1'))]);
  expect(await stored()).toEqual([sampleOutcome('n1/1')]);
});

test('a hostile display name comes back as it was', async () => {
  const displayName = '\u0000\u202e"\\,${EXTEN}\u001b[31m\ufffd=HYPERLINK(1)';
  const facts = sampleFacts('n1/1', {
    caller: { number: null, reason: 'malformed', raw: '\ud800', displayName },
  });
  await store.write([outcomeOf(sampleOutcome('n1/1', { facts }))]);
  expect((await stored())[0]?.facts.caller).toEqual(facts.caller);
});

test('keys of a day expire when its retention ends, and a pass when it ends', async () => {
  const until = Date.now() + 60_000;
  await store.write([outcomeOf(sampleOutcome('n1/1')), passOf('n1/1', until)]);
  const keys = await server.admin.keys('gh:{day:*');
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(await server.admin.pexpiretime(key)).toBe(Date.UTC(2026, 2, 3) + 3650 * dayMs);
  }
  expect(await server.admin.pexpiretime(passKey(caller))).toBe(until);
});

test('a pass is granted once for each call, is never shortened, and a repeat does not bring it back', async () => {
  const history = new RedisCallerHistory(redis);
  const until = Date.now() + 60_000;
  expect(await history.read(facts, 1_000)).toMatchObject({ passUntil: null });
  const long = passOf('n1/1', until);
  expect(await store.write([long, long, long])).toEqual([
    { state: 'written', isNew: true },
    { state: 'written', isNew: false },
    { state: 'written', isNew: false },
  ]);
  await store.write([passOf('n1/2', until - 30_000)]);
  expect(await history.read(facts, 1_000)).toMatchObject({ passUntil: until });
  await store.write([passOf('n1/3', until + 30_000)]);
  expect(await history.read(facts, 1_000)).toMatchObject({ passUntil: until + 30_000 });

  const [, ...grants] = (await server.admin.get(passKey(caller)))?.split(' ') ?? [];
  await server.admin.set(passKey(caller), ['0', ...grants].join(' '), 'KEEPTTL');
  expect(await history.read(facts, 1_000)).toMatchObject({ passUntil: null });
  expect(await store.write([long])).toEqual([{ state: 'written', isNew: false }]);
  expect(await history.read(facts, 1_000)).toMatchObject({ passUntil: null });
});

test('a pass that ended before it could be written leaves nothing behind', async () => {
  await store.write([passOf('n1/1', Date.now() - 1_000)]);
  expect(await server.admin.exists(passKey(caller))).toBe(0);
});

test('each script touches one hash slot: a Redis Cluster node takes them all', async () => {
  const node = await RedisProcess.start({ isCluster: true });
  onTestFinished(() => node.remove());
  const client = connectRedis(node.url, new RecordingLog());
  onTestFinished(() => client.disconnect());
  await redisReady(client, 20_000);
  const until = Date.now() + 60_000;
  const results = await new RedisCallStore(client, 3650 * dayMs).write([
    outcomeOf(sampleOutcome('n1/1')),
    passOf('n1/1', until),
  ]);
  expect(results).toMatchObject([{ isNew: true }, { isNew: true }]);
  expect(await new RedisCallerHistory(client).read(facts, 1_000)).toMatchObject({ passUntil: until });
});

test('a row that Redis refuses changes nothing there, and the others are written', async () => {
  const { seen, records } = shardKeysOfCall('n1/1', sampleArrival);
  for (const key of [seen, records]) {
    await server.admin.flushall();
    await server.admin.zadd(key, 1, 'not what is wanted here');
    const other = at('n1/1', sampleArrival + dayMs);
    const results = await store.write([outcomeOf(sampleOutcome('n1/1')), outcomeOf(other)]);
    expect(results).toMatchObject([{ state: 'refused' }, { state: 'written', isNew: true }]);
    expect(await server.admin.keys(`${seen.slice(0, -6)}*`)).toEqual([key]);
  }
});

test('a row that no key can be made of is refused, not sent', async () => {
  const bad = [passOf('n1/1', Date.now() + 1_000, '+1}{x'), outcomeOf(at('n1/1', Number.NaN))];
  const hostile = sampleFacts('n1/0', { caller: { ...facts.caller, number: '+1}{x' } });
  const results = await store.write([...bad, outcomeOf(sampleOutcome('n1/2'))]);
  expect(results.map(({ state }) => state)).toEqual(['refused', 'refused', 'written']);
  await expect(new RedisCallerHistory(redis).read(hostile, 1_000)).rejects.toMatchObject({
    code: 'unavailable',
  });
});

test('a Redis that is full or read-only refuses no row for ever: it is to be tried again', async () => {
  await server.admin.config('SET', 'maxmemory', '1');
  try {
    const results = await store.write([
      outcomeOf(sampleOutcome('n1/1')),
      passOf('n1/1', Date.now() + 60_000),
    ]);
    expect(results).toMatchObject([{ state: 'retry' }, { state: 'retry' }]);
    expect(await server.admin.dbsize()).toBe(0);
  } finally {
    await server.admin.config('SET', 'maxmemory', '0');
  }
  await server.admin.replicaof('127.0.0.1', '1');
  try {
    expect(await store.write([outcomeOf(sampleOutcome('n1/1'))])).toMatchObject([{ state: 'retry' }]);
  } finally {
    await server.admin.replicaof('NO', 'ONE');
  }
  expect(await store.write([outcomeOf(sampleOutcome('n1/1'))])).toEqual([{ state: 'written', isNew: true }]);
});

test('scripts that Redis has forgotten are given to it again', async () => {
  await store.write([outcomeOf(sampleOutcome('n1/1'))]);
  await server.admin.script('FLUSH');
  expect(
    await store.write([outcomeOf(sampleOutcome('n1/2')), passOf('n1/2', Date.now() + 9_000)]),
  ).toMatchObject([{ isNew: true }, { isNew: true }]);
});
