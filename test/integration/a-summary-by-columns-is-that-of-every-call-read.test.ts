import { afterAll, beforeAll, expect, test } from 'vitest';
import { ForgottenCaller } from '../../src/records/forgotten.ts';
import { RedisCallRecords } from '../../src/records/redis-call-records.ts';
import { RedisCallStore } from '../../src/records/redis-call-store.ts';
import type { RedisClient } from '../../src/records/redis-client.ts';
import { connectRedis, redisReady } from '../../src/records/redis-connection.ts';
import { RedisErasure } from '../../src/records/redis-erasure.ts';
import { countsKey, shardKeysBetween, shardKeysOfCall } from '../../src/records/redis-keys.ts';
import type { Outcome } from '../../src/screening/outcome.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { callersOfOneDigest, oddCall } from '../fakes/odd-calls.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { scannedSummary } from '../fakes/scanned-summary.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { collected } from '../records/collected.ts';
import { RecordingLog } from '../records/recording-log.ts';
import { variedOutcome } from '../records/varied-outcome.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const begin = Math.floor(Date.now() / dayMs) * dayMs - 9 * dayMs;
const everything = { since: begin - dayMs, until: begin + 9 * dayMs };
const forgotten = '+13175550111';

let server: RedisProcess;
let redis: RedisClient;
let records: RedisCallRecords;
let scan: RedisOutcomes;

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 5_000);
  records = new RedisCallRecords(redis);
  scan = new RedisOutcomes(redis);
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});

let id = 0;
async function store(outcomes: readonly Outcome[]): Promise<void> {
  const calls = new RedisCallStore(redis, 3650 * dayMs);
  for (let from = 0; from < outcomes.length; from += 200) {
    const some = outcomes.slice(from, from + 200);
    const results = await calls.write(
      some.map((outcome) => ({ id: ++id, callId: outcome.callId, kind: 'outcome', outcome })),
    );
    expect(results.every((result) => result.state === 'written' && result.isNew)).toBe(true);
  }
}

async function scripts(): Promise<number> {
  const text = await server.admin.info('commandstats');
  return Number(/cmdstat_xrange:calls=(\d+)/.exec(text)?.[1] ?? 0);
}

const calls = (count: number, seed: number, at: number, lastsMs: number, of = oddCall): Outcome[] => {
  const random = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    const late = random() < 0.1 ? random() * 5 * hourMs : 0;
    return of(seed * 100_000 + index, Math.floor(at + (index * lastsMs) / count - late), random);
  });
};

/** Ranges that begin and end anywhere, on the hour, and on the day. */
function ranges(seed: number, count: number): { since: number; until: number }[] {
  const random = seeded(seed);
  const steps = [1, 1, hourMs, dayMs];
  return Array.from({ length: count }, () => {
    const step = steps[Math.floor(random() * steps.length)] ?? 1;
    const some = () => Math.floor((begin + (random() * 10 - 1) * dayMs) / step) * step;
    const [since, until] = [some(), some()].sort((a, b) => a - b);
    return { since: since ?? 0, until: until ?? 0 };
  });
}

async function sameForAll(asked: readonly { since: number; until: number }[]): Promise<void> {
  for (const range of asked) expect(await records.summary(range)).toEqual(await scannedSummary(scan, range));
}

test('no record is read where the columns and counts tell everything', async () => {
  await store(calls(1_000, 3, begin + 5 * hourMs, 2 * dayMs, variedOutcome));
  const before = await scripts();
  const found = await records.summary(everything);
  expect(await scripts()).toBe(before);
  expect(found).toEqual(await scannedSummary(scan, everything));
  expect(found.totals.calls).toBe(1_000);
  expect(found.byRule.map(({ rule }) => rule)).toContain(null);
  expect(found.byCalledNumber.map(({ called }) => called)).toContain(null);
  expect(found.monitored).toMatchObject([{ rule: 'watched' }]);
});

test('shared digests, monitored rules, calls around the screener and words of a newer Gatehouse', async () => {
  await store(calls(2_500, 4, begin + dayMs, 3 * dayMs));
  await sameForAll([everything, ...ranges(5, 25)]);
  const { totals, monitored } = await records.summary(everything);
  expect(totals.unaccounted).toBeGreaterThan(10);
  expect(monitored.find(({ rule }) => rule === 'watched')).toMatchObject({
    reject: expect.any(Number),
    voicemail: expect.any(Number),
  });
});

test('calls of the first format, which have no columns, among the others', async () => {
  for (const outcome of calls(300, 6, begin + 2 * dayMs, 2 * dayMs).sort(
    (a, b) => a.facts.now - b.facts.now,
  )) {
    const { jsonOutcomes } = shardKeysOfCall(outcome.callId, outcome.facts.now);
    const entry = `${Math.max(outcome.facts.now, begin + 4 * dayMs)}-*`;
    await server.admin.xadd(jsonOutcomes, entry, 'json', JSON.stringify(outcome));
  }
  await sameForAll([everything, ...ranges(7, 10)]);
});

test('a forgotten caller is counted on, and is no caller any more', async () => {
  await new RedisErasure(redis).erase(new ForgottenCaller(forgotten, []));
  await sameForAll([everything, ...ranges(8, 5)]);
  const { callers } = await records.topCallers(everything, 1_000);
  expect(callers.length).toBeGreaterThan(30);
  expect(callers.some(({ caller }) => caller === forgotten)).toBe(false);
});

test('what an older Gatehouse counted of monitored rules, and columns that were lost', async () => {
  const shards = shardKeysBetween(begin, begin + 4 * dayMs).flat();
  for (const [at, shard] of shards.entries())
    if (at % 3 === 0) await server.admin.del(countsKey(shard, 'monitored-verdict'));
  await sameForAll([everything, ...ranges(9, 5)]);
  for (const [at, column] of (['times', 'marks', 'rules', 'called'] as const).entries())
    await server.admin.del(shards[5 + at]?.columns[column] ?? '');
  await sameForAll([everything]);
  // The next call of such a shard comes behind a gap.
  await store(calls(60, 10, begin + dayMs, 2 * dayMs));
  await sameForAll([everything, ...ranges(11, 5)]);
});

test('more called numbers on a day than its counts have room for', async () => {
  const random = seeded(12);
  const many = Array.from({ length: 7_000 }, (_, index) => {
    const outcome = variedOutcome(1_200_000 + index, begin + 7 * dayMs + index * 10_000, random);
    const number = `+1212${String(Math.floor(random() ** 2 * 9_000_000)).padStart(7, '0')}`;
    return { ...outcome, facts: { ...outcome.facts, called: { number, raw: '' } } };
  });
  await store(many);
  const day = { since: begin + 7 * dayMs, until: begin + 8 * dayMs };
  await sameForAll([day, { since: day.since + 1_234_567, until: day.until - 7_654_321 }]);
  expect((await records.summary(day)).byCalledNumber.length).toBeGreaterThan(6_000);
});

test('the callers with the most calls are those of every call read, also where two share a digest', async () => {
  const outcomes = await collected(scan.between(everything.since, everything.until));
  const read = new MemoryCallRecords(outcomes.map((outcome) => ({ outcome, afterExit: null })));
  expect(await records.topCallers(everything, 1_000)).toEqual(await read.topCallers(everything, 1_000));
  for (const range of ranges(13, 8)) {
    expect(await records.topCallers(range, 1_000)).toEqual(await read.topCallers(range, 1_000));
    const found = await records.topCallers(range, 5);
    const wanted = await read.topCallers(range, 5);
    expect(found.callers.map(({ calls: own }) => own)).toEqual(wanted.callers.map(({ calls: own }) => own));
    expect(found.calls).toBe(wanted.calls);
  }
  const { callers } = await records.topCallers(everything, 50);
  expect(callers.map(({ caller }) => caller)).toEqual(expect.arrayContaining(callersOfOneDigest));
});

test('a summary ends when it is given up', async () => {
  const given = new AbortController();
  const asked = records.summary(everything, given.signal);
  given.abort(new Error('given up'));
  await expect(asked).rejects.toThrow('given up');
  expect(await records.summary({ since: begin + dayMs, until: begin + dayMs })).toEqual(
    await scannedSummary(scan, { since: begin + dayMs, until: begin + dayMs }),
  );
});
