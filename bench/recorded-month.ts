import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import type { Transition } from '../src/call/change.ts';
import type { Outcome } from '../src/call/outcome.ts';
import { RedisCallStore } from '../src/call-store/redis-call-store.ts';
import { silentLog } from '../src/log/log.ts';
import { changesOf, transitionFrom } from '../src/outbox/transition.ts';
import type { RedisClient } from '../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../src/redis/redis-connection.ts';
import { loadRules } from '../src/rules/read-rules.ts';
import { passForMs } from '../src/screening/call-record.ts';
import { RedisProcess } from '../test/fakes/redis-process.ts';
import { seeded } from '../test/fakes/seeded-random.ts';
import { recordedOutcome } from './record-calls.ts';

const dayMs = 86_400_000;
export const monthDays = 30;
const batchSize = 500;
const sampled = 100;
export const rulesDir = join(import.meta.dirname, '../rules');

/** A Redis with the calls of the last 30 days in it. */
export interface RecordedMonth {
  readonly redis: RedisClient;
  readonly url: string;
  /** A plain connection, for asking the server about itself. */
  readonly admin: Redis;
  readonly calls: number;
  /** Some of them, spread over the month. */
  readonly sample: readonly Outcome[];
  /** Bytes that all of it takes, the empty server subtracted. Writing: ms of waiting, and microseconds of Redis's scripts. */
  readonly written: { readonly bytes: number; readonly ms: number; readonly redisMicros: number };
  close(): Promise<void>;
}

/**
 * Starts a Redis and writes so many calls as the drain does, windows, passes and later lives included. The same calls at every
 * run, but for the days they are of.
 */
export async function recordMonth(calls: number): Promise<RecordedMonth> {
  const server = await RedisProcess.start();
  const redis = connectRedis(server.url, silentLog, { commandTimeoutMs: 30_000 });
  const stop = () => server.freeNow();
  process.once('exit', stop);
  const close = async () => {
    redis.disconnect();
    process.off('exit', stop);
    await server.remove();
  };
  try {
    await redisReady(redis, 5_000);
    const empty = await usedMemory(server.admin);
    const { sample, ms } = await writeCalls(redis, calls);
    const bytes = (await usedMemory(server.admin)) - empty;
    const written = { bytes, ms, redisMicros: await scriptMicros(server.admin) };
    return { redis, url: server.url, admin: server.admin, calls, sample, written, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeCalls(redis: RedisClient, calls: number): Promise<{ sample: Outcome[]; ms: number }> {
  const { policy } = await loadRules(rulesDir);
  if (policy === null) throw new Error('the shipped rules are refused');
  const store = new RedisCallStore(redis, 90 * dayMs);
  const random = seeded(20_260_401);
  const end = Date.now();
  const sample: Outcome[] = [];
  let id = 0;
  let ms = 0;
  for (let from = 0; from < calls; from += batchSize) {
    const batch: Transition[] = [];
    for (let index = from; index < Math.min(calls, from + batchSize); index++) {
      const now = Math.floor(end - ((calls - index) * monthDays * dayMs) / calls);
      const outcome = recordedOutcome(index, now, policy, random);
      const { callId } = outcome;
      for (const change of changesOf(outcome, passForMs(outcome)))
        batch.push(transitionFrom(++id, callId, change));
      const afterExit = { answeredMs: 9000, talkMs: 61_000, cause: 16 };
      if (outcome.exit.kind === 'connect')
        batch.push({ id: ++id, callId, kind: 'after-exit', afterExit, arrivedAt: now });
      if (index % Math.ceil(calls / sampled) === 0) sample.push(outcome);
    }
    const start = performance.now();
    const results = await store.write(batch);
    ms += performance.now() - start;
    const bad = results.find(({ state }) => state !== 'written');
    if (bad) throw new Error(`a record was not written: ${JSON.stringify(bad)}`);
    process.stderr.write(`\r${Math.min(calls, from + batchSize).toLocaleString('en')} calls written `);
  }
  process.stderr.write('\n');
  return { sample, ms };
}

export async function usedMemory(admin: Redis): Promise<number> {
  await admin.memory('PURGE');
  return Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
}

async function scriptMicros(admin: Redis): Promise<number> {
  const text = await admin.info('commandstats');
  return [...text.matchAll(/cmdstat_eval(?:sha)?:calls=\d+,usec=(\d+)/g)].reduce(
    (sum, [, usec]) => sum + Number(usec),
    0,
  );
}

/** Times of `runs` runs one after another. The first is among them: nobody warms a page up before it is opened. */
export async function timesOf(runs: number, work: (run: number) => Promise<unknown>): Promise<Times> {
  const times: number[] = [];
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await work(run);
    times.push(performance.now() - start);
  }
  loop.disable();
  times.sort((a, b) => a - b);
  const at = (share: number) => rounded(times[Math.min(runs - 1, Math.floor(runs * share))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), most: at(1), stall: rounded(loop.max / 1e6) };
}

/** All in ms. `stall`: the longest that the event loop, on which calls are screened, stood still. */
export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly most: number;
  readonly stall: number;
}

function rounded(ms: number): number {
  return Number(ms.toFixed(1));
}
