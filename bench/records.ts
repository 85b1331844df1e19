import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Redis } from 'ioredis';
import type { Policy } from '../src/policy/policy.ts';
import { allCounted } from '../src/records/call-counts.ts';
import { RedisCallRecords } from '../src/records/redis-call-records.ts';
import { RedisCallStore } from '../src/records/redis-call-store.ts';
import type { RedisClient } from '../src/records/redis-client.ts';
import { connectRedis, redisReady } from '../src/records/redis-connection.ts';
import { RedisOutcomeLines } from '../src/records/redis-outcome-lines.ts';
import { changesOf, type Transition, transitionFrom } from '../src/records/transition.ts';
import { loadRules } from '../src/rules/load-rules.ts';
import { passForMs } from '../src/screening/call-record.ts';
import type { CallFilter, CountDimension } from '../src/screening/call-records.ts';
import { RedisProcess } from '../test/fakes/redis-process.ts';
import { recordedOutcome, seededCalls } from './record-calls.ts';

const dayMs = 86_400_000;
const days = 30;
const batchSize = 500;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/**
 * `npm run bench -- records [--calls 1000000] [--json]`: writes so many calls of the last 30 days into a Redis of its own,
 * as the drain does, windows, passes and later lives included; then what a call costs and how quickly they are read.
 */
export const recordsBenchmark = {
  about: 'a million calls in Redis: memory a call, writing, reading',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: { calls: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
    });
    const calls = Number(values.calls);
    const { policy } = await loadRules(join(import.meta.dirname, '../rules'));
    if (policy === null) throw new Error('the shipped rules are refused');
    const server = await RedisProcess.start();
    const redis = connectRedis(server.url, silent, { commandTimeoutMs: 30_000 });
    const stop = () => server.freeNow();
    process.once('exit', stop);
    try {
      await redisReady(redis, 5_000);
      const empty = await usedMemory(server.admin);
      const written = await writeCalls(redis, policy, calls);
      const memory = (await usedMemory(server.admin)) - empty;
      const result = {
        bench: 'records',
        calls,
        bytesPerCall: Math.round(memory / calls),
        bytesByKind: await byKind(server.admin, calls),
        writesPerSecond: Math.round(calls / (written.writeMs / 1000)),
        redisMicrosPerWrite: Math.round(written.redisMicros / calls),
        ...(await readCalls(redis, written.sample)),
      };
      show(result);
      if (values.json) console.log(JSON.stringify(result));
    } finally {
      redis.disconnect();
      process.off('exit', stop);
      await server.remove();
    }
  },
};

async function writeCalls(redis: RedisClient, policy: Policy, calls: number) {
  const store = new RedisCallStore(redis, 90 * dayMs);
  const random = seededCalls(20_260_401);
  const end = Date.now();
  let id = 0;
  let writeMs = 0;
  const sample: { callId: string; sipCallId: string; caller: string | null }[] = [];
  const before = await commandMicros(redis as Redis);
  for (let from = 0; from < calls; from += batchSize) {
    const batch: Transition[] = [];
    for (let index = from; index < Math.min(calls, from + batchSize); index++) {
      const now = Math.floor(end - ((calls - index) * days * dayMs) / calls);
      const outcome = recordedOutcome(index, now, policy, random);
      const { callId, facts } = outcome;
      for (const change of changesOf(outcome, passForMs(outcome)))
        batch.push(transitionFrom(++id, callId, change));
      const afterExit = { answeredMs: 9000, talkMs: 61_000, cause: 16 };
      if (outcome.exit.kind === 'connect')
        batch.push({ id: ++id, callId, kind: 'after-exit', afterExit, arrivedAt: now });
      if (index % Math.ceil(calls / 100) === 0)
        sample.push({ callId, sipCallId: facts.sipCallId, caller: facts.caller.number });
    }
    const start = performance.now();
    const results = await store.write(batch);
    writeMs += performance.now() - start;
    const bad = results.find(({ state }) => state !== 'written');
    if (bad) throw new Error(`a record was not written: ${JSON.stringify(bad)}`);
    if (from % 100_000 === 0) process.stderr.write(`${from} written …\n`);
  }
  return { writeMs, redisMicros: (await commandMicros(redis as Redis)) - before, sample };
}

async function readCalls(
  redis: RedisClient,
  sample: readonly { callId: string; sipCallId: string; caller: string | null }[],
) {
  const records = new RedisCallRecords(redis);
  const now = Date.now();
  const month = { since: now - days * dayMs, until: now };
  const ms: Record<string, { p50: number; p95: number; most: number }> = {};
  const measure = async (name: string, runs: number, work: (run: number) => Promise<unknown>) => {
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      await work(run);
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) =>
      Number((times[Math.min(runs - 1, Math.floor(runs * share))] ?? 0).toFixed(1));
    ms[name] = { p50: at(0.5), p95: at(0.95), most: at(1) };
  };
  const filters: Record<string, Partial<CallFilter>> = {
    'page, newest': {},
    'page, one caller': { caller: sample[7]?.caller ?? '+13175550100' },
    'page, a rare rule': { rule: 'blocked' },
    'page, two never together': { where: 'abandoned', challenge: 'passed' },
    'page, many at once': { called: '+13175550199', attestation: 'C', challenge: 'silent' },
  };
  for (const [name, filter] of Object.entries(filters))
    await measure(name, 20, () => records.page({ ...month, ...filter }, null, 50));
  let cursor: string | null = null;
  await measure('page, turned 20 times', 20, async () => {
    cursor = (await records.page(month, cursor, 50)).next;
  });
  await measure('call by call id', sample.length, (run) => records.call(sample[run]?.callId ?? ''));
  await measure('call by SIP Call-ID', 30, (run) => records.call(sample[run * 3]?.sipCallId ?? ''));
  for (const dimension of allCounted.filter((name): name is CountDimension => !name.startsWith('harm-')))
    await measure(`counts, ${dimension}, 30 days by hour`, 10, () =>
      records.counts(dimension, { ...month, step: 'hour' }),
    );
  for (const by of ['language', 'called', 'attestation'] as const)
    await measure(`harm by ${by}`, 10, () => records.harm(by, month));
  const lines = new RedisOutcomeLines(redis, month.since, month.until);
  const start = performance.now();
  let read = 0;
  for await (const page of lines.pages()) read += page.length / 2;
  return { ms, linesPerSecond: Math.round(read / ((performance.now() - start) / 1000)), linesRead: read };
}

async function usedMemory(admin: Redis): Promise<number> {
  await admin.memory('PURGE');
  return Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
}

async function commandMicros(redis: Redis): Promise<number> {
  const text = await redis.info('commandstats');
  return [...text.matchAll(/cmdstat_eval(?:sha)?:calls=\d+,usec=(\d+)/g)].reduce(
    (sum, [, usec]) => sum + Number(usec),
    0,
  );
}

/** Bytes a call of each kind of key, from every twentieth; the names of keys themselves are in it. */
async function byKind(admin: Redis, calls: number): Promise<Record<string, number>> {
  const bytes: Record<string, number> = {};
  let seen = 0;
  for (let cursor = '0'; ; ) {
    const [next, keys] = await admin.scan(cursor, 'COUNT', 1000);
    const some = keys.filter((key) => key.includes('{day:') || seen++ % 20 === 0);
    const pipeline = admin.pipeline();
    for (const key of some) pipeline.memory('USAGE', key, 'SAMPLES', 0);
    const sizes = (await pipeline.exec()) ?? [];
    for (const [at, key] of some.entries()) {
      const weight = key.includes('{day:') ? 1 : 20;
      const kind = kindOf(key);
      bytes[kind] = (bytes[kind] ?? 0) + (Number(sizes[at]?.[1] ?? 0) * weight) / calls;
    }
    if (next === '0') break;
    cursor = next;
  }
  return Object.fromEntries(Object.entries(bytes).map(([kind, size]) => [kind, Number(size.toFixed(1))]));
}

function kindOf(key: string): string {
  const [, tag = '', rest = ''] = /^gh:\{([^}]*)\}:(.*)$/.exec(key) ?? [];
  const part = rest.split(':')[0] ?? '';
  if (tag.startsWith('day:')) return part;
  return `${tag.startsWith('+') ? 'caller' : (tag.split(':')[0] ?? '')} ${part}`;
}

function show(
  result: Record<string, unknown> & { ms: Record<string, { p50: number; p95: number; most: number }> },
): void {
  const { ms, bytesByKind, ...figures } = result;
  console.log(figures, bytesByKind);
  console.table(ms);
}
