import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisErasure } from '../../src/call-store/erasure.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { collected } from '../fakes/collected.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { oddCall } from '../fakes/odd-calls.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { scannedSummary } from '../fakes/scanned-summary.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const begin = Math.floor(Date.now() / dayMs) * dayMs - 9 * dayMs;
const everything = { since: begin - dayMs, until: begin + 9 * dayMs };
const forgotten = '+13175550111';

let server: RedisProcess;
let redis: RedisClient;
let records: RedisRangeRecords;
let scan: RedisOutcomes;

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  records = await RedisRangeRecords.open(redis);
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
    let waiting = outcomes
      .slice(from, from + 200)
      .map((outcome) => ({ id: ++id, callId: outcome.callId, kind: 'outcome', outcome }) as const);
    // On a busy machine Redis may be late; writing again changes nothing.
    while (waiting.length > 0) {
      const results = await calls.write(waiting);
      waiting = waiting.filter((_, at) => results[at]?.state !== 'written');
    }
  }
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

test('a summary is that of every call read', async () => {
  await store(calls(1_000, 3, begin + 5 * hourMs, 2 * dayMs, variedOutcome));
  const found = await records.summary(everything);
  expect(found).toEqual(await scannedSummary(scan, everything));
  expect(found.totals.calls).toBe(1_000);
  expect(found.byRule.map(({ rule }) => rule)).toContain(null);
  expect(found.byCalledNumber.map(({ called }) => called)).toContain(null);
  expect(found.monitored).toMatchObject([{ rule: 'watched' }]);
});

test('monitored rules, calls around the screener and words of a newer Gatehouse', async () => {
  await store(calls(2_500, 4, begin + dayMs, 3 * dayMs));
  await store(calls(300, 6, begin + 2 * dayMs, 2 * dayMs));
  await sameForAll([everything, ...ranges(5, 25)]);
  const { totals, monitored } = await records.summary(everything);
  expect(totals.unaccounted).toBeGreaterThan(10);
  expect(monitored.find(({ rule }) => rule === 'watched')).toMatchObject({
    reject: expect.any(Number),
    voicemail: expect.any(Number),
  });
});

test('a forgotten caller is counted on, and is no caller any more', async () => {
  await new RedisErasure(redis).erase(new ForgottenCaller(forgotten, []));
  records = await RedisRangeRecords.open(redis);
  await sameForAll([everything, ...ranges(8, 5)]);
  const { callers } = await records.topCallers(everything, 1_000);
  expect(callers.length).toBeGreaterThan(30);
  expect(callers.some(({ caller }) => caller === forgotten)).toBe(false);
});

test('ten thousand called numbers are each told with their calls, in the summary and by count', async () => {
  const random = seeded(12);
  const many = Array.from({ length: 12_000 }, (_, index) => {
    const outcome = variedOutcome(1_200_000 + index, begin + 7 * dayMs + index * 7_000, random);
    const number = `+1212${String(index % 10_000).padStart(7, '0')}`;
    return { ...outcome, facts: { ...outcome.facts, called: { number, raw: '' } } };
  });
  await store(many);
  const day = { since: begin + 7 * dayMs, until: begin + 8 * dayMs };
  await sameForAll([day, { since: day.since + 1_234_567, until: day.until - 7_654_321 }]);
  const { byCalledNumber } = await records.summary(day);
  expect(byCalledNumber).toHaveLength(10_000);
  expect(byCalledNumber.every(({ called }) => called !== null)).toBe(true);
  const counted = await records.counts('called', day);
  expect(counted).toHaveLength(10_000);
  expect(counted.slice(0, 2)).toEqual([
    { value: '+12120000000', calls: 2 },
    { value: '+12120000001', calls: 2 },
  ]);
  expect(counted.some(({ value }) => value === 'none' || value === 'other')).toBe(false);
});

test('the callers with the most calls are those of every call read', async () => {
  const outcomes = await collected(scan.between(everything.since, everything.until));
  const read = new MemoryCallRecords(outcomes.map((outcome) => ({ outcome, afterExit: null })));
  expect(await records.topCallers(everything, 1_000)).toEqual(await read.topCallers(everything, 1_000));
  for (const range of ranges(13, 8)) {
    expect(await records.topCallers(range, 1_000)).toEqual(await read.topCallers(range, 1_000));
    const found = await records.topCallers(range, 5);
    const wanted = await read.topCallers(range, 5);
    expect(found.callers.map(({ calls: own }) => own)).toEqual(wanted.callers.map(({ calls: own }) => own));
    expect(found.calls).toBe(wanted.calls);
    for (const more of [{ where: 'voicemail' }, { caller: wanted.callers[0]?.caller ?? '' }] as const)
      expect(await records.topCallers({ ...range, ...more }, 1_000)).toEqual(
        await read.topCallers({ ...range, ...more }, 1_000),
      );
  }
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
