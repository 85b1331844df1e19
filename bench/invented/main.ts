import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { CallFacts } from '../../src/call/facts.ts';
import { KnownCampaigns } from '../../src/history/known-campaigns.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { silentLog } from '../../src/log/log.ts';
import { decide } from '../../src/policy/decide.ts';
import { isListed } from '../../src/policy/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { systemClock } from '../../src/process/clock.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { lookUpHistory } from '../../src/screening/history-lookup.ts';
import { RedisProcess } from '../../test/fakes/redis-process.ts';
import { seeded } from '../../test/fakes/seeded-random.ts';
import { bars } from '../bars.ts';
import type { EndedCall, RecordsState } from './records-thread.ts';

const sliceMs = 20;
const sampleEveryMs = 10_000;
const historyDeadlineMs = 150;
/** Of the shipped list of customers. */
const knownCaller = '+13175550140';

interface Sample {
  readonly second: number;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly withoutHistory: number;
  readonly redisMb: number;
  readonly campaignsKb: number;
  readonly campaigns: number;
  readonly processMb: number;
  readonly watchMb: number;
  readonly waiting: number;
}

/**
 * `npm run bench -- invented [--rate 1000] [--minutes 10] [--json]`: unknown callers, each with a number that nobody has seen, a tenth
 * of them of one campaign, are decided with history from a real Redis, recorded, and watched; every fiftieth call is a known
 * caller's.
 */
export const inventedBenchmark = {
  about:
    'invented numbers at 1,000 calls a second: decisions with history, memory of Redis and of what recognizes campaigns',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rate: { type: 'string', default: '1000' },
        minutes: { type: 'string', default: '10' },
        json: { type: 'boolean', default: false },
      },
    });
    const rules = join(import.meta.dirname, '..', '..', 'rules');
    const dir = mkdtempSync(join(tmpdir(), 'gatehouse-invented-'));
    const { policy } = await loadRules(rules, new ListLibrary({ dir, serving: false }));
    rmSync(dir, { recursive: true, force: true });
    if (policy === null) throw new Error('the shipped rules do not load');
    const server = await RedisProcess.start();
    const flood = new Flood(server, policy);
    try {
      const result = await flood.run(Number(values.rate), Number(values.minutes) * 60_000);
      console.log(picture(result.samples));
      console.log(JSON.stringify(result, null, values.json ? 0 : 2));
    } finally {
      await flood.close();
      await server.remove();
    }
  },
};

class Flood {
  readonly #server: RedisProcess;
  readonly #policy: Policy;
  readonly #historyRedis;
  readonly #recordsRedis;
  readonly #history: RedisCallerHistory;
  /** Writes what is recorded, as the other nodes of a site would: no event loop decides a thousand calls a second and records them. */
  readonly #records: Worker;
  readonly #known: KnownCampaigns;
  readonly #watch: Worker;
  readonly #random = seeded(12);
  #watchMb = 0;
  #latencies: number[] = [];
  #all: number[] = [];
  #withoutHistory = 0;
  #calls = 0;
  #knownHarmed = 0;
  #knownCalls = 0;
  #inCampaign = 0;
  #ended: EndedCall[] = [];
  #waiting = 0;
  #dropped = 0;

  constructor(server: RedisProcess, policy: Policy) {
    this.#server = server;
    this.#policy = policy;
    this.#historyRedis = connectRedis(server.url, silentLog);
    this.#recordsRedis = connectRedis(server.url, silentLog, { commandTimeoutMs: 60_000 });
    this.#history = new RedisCallerHistory(this.#historyRedis);
    this.#records = new Worker(new URL('./records-thread.ts', import.meta.url), { workerData: server.url });
    this.#records.on('message', ({ waiting, dropped }: RecordsState) => {
      this.#waiting = waiting;
      this.#dropped = dropped;
    });
    this.#known = new KnownCampaigns(this.#recordsRedis, silentLog);
    this.#watch = new Worker(new URL('./watch-thread.ts', import.meta.url), { workerData: server.url });
    this.#watch.on('message', (mb: number) => {
      this.#watchMb = mb;
    });
  }

  async close(): Promise<void> {
    this.#known.close();
    await this.#records.terminate();
    await this.#watch.terminate();
    this.#historyRedis.disconnect();
    this.#recordsRedis.disconnect();
  }

  async run(rate: number, lastsMs: number) {
    await redisReady(this.#historyRedis, 10_000);
    await redisReady(this.#recordsRedis, 10_000);
    this.#known.start();
    const samples: Sample[] = [];
    const start = performance.now();
    let sampledAt = start;
    for (let begun = 0; ; ) {
      const elapsed = performance.now() - start;
      if (elapsed >= lastsMs) break;
      for (const due = (elapsed / 1000) * rate; begun < due; begun++) void this.#call(begun);
      if (performance.now() - sampledAt >= sampleEveryMs) {
        sampledAt = performance.now();
        samples.push(await this.#sample(Math.round((sampledAt - start) / 1000)));
      }
      this.#records.postMessage(this.#ended.splice(0));
      await sleep(sliceMs);
    }
    await sleep(1000);
    const sorted = this.#all.sort((a, b) => a - b);
    return {
      ...{ bench: 'invented', rate, minutes: lastsMs / 60_000, calls: this.#calls },
      p50Ms: at(sorted, 0.5),
      p99Ms: at(sorted, 0.99),
      withoutHistory: this.#withoutHistory,
      knownCalls: this.#knownCalls,
      knownHarmed: this.#knownHarmed,
      inCampaign: this.#inCampaign,
      notRecorded: this.#dropped + this.#waiting,
      samples,
    };
  }

  async #call(place: number): Promise<void> {
    const isKnown = place % 50 === 49;
    const isMember = place % 10 === 0;
    const began = performance.now();
    const call = this.#factsOf(place, isKnown, isMember);
    const { history, reason } = await lookUpHistory(this.#history, systemClock, call, historyDeadlineMs);
    const withHistory = { ...call, history, noHistoryReason: reason };
    const isOnList = (number: string) => isListed(number, this.#policy, call.now);
    const facts = { ...withHistory, ...this.#known.facts(withHistory, isOnList) };
    const decision = decide(facts, this.#policy);
    const took = performance.now() - began;
    this.#calls++;
    this.#latencies.push(took);
    this.#all.push(took);
    if (history === null) this.#withoutHistory++;
    if (typeof facts.campaign === 'string') this.#inCampaign++;
    if (isKnown) {
      this.#knownCalls++;
      if (decision.verdict.kind !== 'connect' || typeof facts.campaign === 'string') this.#knownHarmed++;
    }
    this.#ended.push({ facts, hangsUp: isMember });
  }

  #factsOf(place: number, isKnown: boolean, isMember: boolean): CallFacts {
    const invented = `+1${2_000_000_000 + Math.floor(this.#random() * 7_999_999_999)}`;
    const number = isKnown ? knownCaller : invented;
    const signer = isMember ? 'https://gateway-telco.example/a.pem' : null;
    return {
      ...{
        callId: `bench/${place}`,
        linkedId: String(place),
        sipCallId: '',
        now: Date.now(),
        trunk: 'carrier',
      },
      caller: { number, reason: null, raw: number, displayName: `N${place.toString(36)}` },
      called: { number: `+131755501${String(place % 100).padStart(2, '0')}`, raw: '' },
      verification: {
        ...{ result: isMember ? 'passed' : 'none', attestation: isMember ? 'C' : null, signer },
        ...{ origid: isMember ? '9f1c0000-0000-4000-a000-000000000001' : null, source: null },
      },
      ...{ history: null, noHistoryReason: 'not-asked' },
    };
  }

  async #sample(second: number): Promise<Sample> {
    const { admin } = this.#server;
    const latencies = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
    const keys = await admin.keys('gh:{campaigns}:*');
    const bytes = await Promise.all(keys.map((key) => admin.memory('USAGE', key)));
    const sample = {
      ...{ second, calls: latencies.length, p50Ms: at(latencies, 0.5), p99Ms: at(latencies, 0.99) },
      withoutHistory: this.#withoutHistory,
      redisMb: Math.round(used / 1e6),
      campaignsKb: Math.round(bytes.reduce((sum: number, one) => sum + (one ?? 0), 0) / 1000),
      campaigns: this.#known.all().length,
      processMb: Math.round(process.memoryUsage().rss / 1e6),
      watchMb: this.#watchMb,
      waiting: this.#waiting,
    };
    console.error(JSON.stringify(sample));
    return sample;
  }
}

function at(sorted: readonly number[], share: number): number {
  return Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 100) / 100;
}

function picture(samples: readonly Sample[]): string {
  const shown = samples.map(({ second, p99Ms }) => ({
    label: `${second} s`,
    value: p99Ms,
    shown: `${p99Ms} ms`,
  }));
  return bars('99 of 100 calls are decided within', shown);
}
