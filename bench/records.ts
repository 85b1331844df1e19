import { parseArgs } from 'node:util';
import type { Redis } from 'ioredis';
import type { CallFilter } from '../src/call/call-filter.ts';
import type { CallRecords } from '../src/call/call-records.ts';
import { RedisOutcomeLines } from '../src/call-store/outcome-lines.ts';
import { bars } from './bars.ts';
import { followRecords } from './followed-records.ts';
import { plainRecords } from './plain-records.ts';
import { monthDays, type RecordedMonth, recordMonth, type Times, timesOf } from './recorded-month.ts';
import { timeServedPages } from './served-pages.ts';

const dayMs = 86_400_000;
const goals = { bytesPerCall: 600, pageP95Ms: 150, stallMs: 20, summaryMs: 1000, filtersMs: 300 };

/**
 * `npm run bench -- records [--calls 1000000] [--json]`: a month of calls in a Redis of its own: what a call costs there,
 * beside plain ways to keep one, and how quickly calls are read and every page of the report is there.
 */
export const recordsBenchmark = {
  about: 'a million calls in Redis: memory a call, writing, reading, the pages of the report',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: { calls: { type: 'string', default: '1000000' }, json: { type: 'boolean', default: false } },
    });
    const month = await recordMonth(Number(values.calls));
    const followed = await followRecords(month.url).catch(async (error: unknown) => {
      await month.close();
      throw error;
    });
    try {
      const { calls, written, admin } = month;
      const { records, buildMs, bytesOnDisk } = followed;
      const result = {
        bench: 'records',
        calls,
        bytesPerCall: Math.round(written.bytes / calls),
        bytesByKind: await byKind(admin, calls),
        plainBytesPerCall: await plainRecords(month),
        writesPerSecond: Math.round(calls / (written.ms / 1000)),
        redisMicrosPerWrite: Math.round(written.redisMicros / calls),
        projection: { callsPerSecond: Math.round(calls / (buildMs / 1000)), bytesOnDisk },
        readMs: await readCalls(month, records),
        linesPerSecond: await linesPerSecond(month),
        // The last, because the process of the records is now that of the Gatehouse which is started.
        pageMs: await timeServedPages(month, await followed.handOver()),
      };
      console.log(picture(result));
      if (values.json) console.log(JSON.stringify(result));
    } finally {
      await followed.close();
      await month.close();
    }
  },
};

async function readCalls({ sample }: RecordedMonth, records: CallRecords): Promise<Record<string, Times>> {
  const now = Date.now();
  const month = { since: now - monthDays * dayMs, until: now };
  const ms: Record<string, Times> = {};
  const measure = async (name: string, runs: number, work: (run: number) => Promise<unknown>) => {
    ms[name] = await timesOf(runs, work);
  };
  const filters: Record<string, Partial<CallFilter>> = {
    'page, newest': {},
    'page, one caller': { caller: sample[7]?.facts.caller.number ?? '+13175550100' },
    'page, a rare rule': { rule: 'blocked' },
    'page, two never together': { where: 'abandoned', challenge: 'passed' },
    'page, five filters': {
      ...{ called: '+13175550100', attestation: 'C', challenge: 'silent' },
      ...{ where: 'voicemail', rule: 'everyone-else' },
    },
  };
  for (const [name, filter] of Object.entries(filters))
    await measure(name, 20, () => records.page({ ...month, ...filter }, null, 50));
  let cursor: string | null = null;
  await measure('page, turned 20 times', 20, async () => {
    cursor = (await records.page(month, cursor, 50)).next;
  });
  await measure('call by call id', sample.length, (run) => records.call(sample[run]?.callId ?? ''));
  await measure('call by SIP Call-ID', 30, (run) => records.call(sample[run * 3]?.facts.sipCallId ?? ''));
  for (const dimension of ['where', 'rule', 'called', 'signer'] as const)
    await measure(`counts, ${dimension}, 30 days`, 10, () => records.counts(dimension, month));
  await measure('summary, 30 days', 10, () => records.summary(month));
  await measure('top callers, 30 days', 10, () => records.topCallers(month, 20));
  for (const by of ['language', 'called', 'attestation'] as const)
    await measure(`challenges by ${by}`, 10, () => records.challenges(by, month, 25));
  return ms;
}

/** What reading every record from Redis takes, as a backtest does. */
async function linesPerSecond({ redis, calls }: RecordedMonth): Promise<number> {
  const now = Date.now();
  const lines = new RedisOutcomeLines(redis, now - (monthDays + 1) * dayMs, now);
  const start = performance.now();
  let read = 0;
  for await (const page of lines.pages()) read += page.length / 2;
  if (read !== calls) throw new Error(`${read} of ${calls} records were read back`);
  return Math.round(read / ((performance.now() - start) / 1000));
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

interface Result {
  readonly calls: number;
  readonly bytesPerCall: number;
  readonly bytesByKind: Record<string, number>;
  readonly plainBytesPerCall: Record<string, number>;
  readonly writesPerSecond: number;
  readonly redisMicrosPerWrite: number;
  readonly projection: { readonly callsPerSecond: number; readonly bytesOnDisk: number };
  readonly readMs: Record<string, Times>;
  readonly pageMs: Record<string, Times>;
  readonly linesPerSecond: number;
}

function picture(result: Result): string {
  const { calls, bytesPerCall, bytesByKind, plainBytesPerCall, readMs, pageMs } = result;
  const bytes = (label: string, value: number) => ({ label, value, shown: `${Math.round(value)} bytes` });
  const times = (all: Record<string, Times>) =>
    Object.entries(all).map(([label, { p50, p95, stall }]) => ({
      label,
      value: p95,
      shown: `${p50.toFixed(1)} · ${p95.toFixed(1)} · ${stall.toFixed(1)}`,
    }));
  const largest = Object.entries(bytesByKind).sort(([, a], [, b]) => b - a);
  const worst = Math.max(...Object.values(pageMs).map(({ p95 }) => p95));
  const stall = Math.max(...Object.values(pageMs).map((times) => times.stall));
  const summary = readMs['summary, 30 days']?.p95 ?? Number.NaN;
  const filters = readMs['page, five filters']?.p95 ?? Number.NaN;
  const goal = (met: boolean, text: string) => `  ${met ? 'met   ' : 'MISSED'}  ${text}`;
  return [
    bars(`Memory of Redis a call, ${calls.toLocaleString('en')} calls in 30 days`, [
      bytes('Gatehouse, everything', bytesPerCall),
      ...Object.entries(plainBytesPerCall).map(([label, value]) => bytes(label, value)),
    ]),
    bars(
      'Of it',
      largest.slice(0, 12).map(([label, value]) => bytes(label, value)),
    ),
    `Written ${result.writesPerSecond.toLocaleString('en')} calls a second, ${result.redisMicrosPerWrite} µs of Redis each; read back whole ${result.linesPerSecond.toLocaleString('en')} a second`,
    `The SQL database built from Redis: ${result.projection.callsPerSecond.toLocaleString('en')} calls a second, ${(result.projection.bytesOnDisk / 1e6).toFixed(0)} MB on disk`,
    bars('Reading, ms: p50 · p95 · longest that the event loop stood still', times(readMs)),
    bars(
      'First byte of a page of gatehouse serve, ms: p50 · p95 · longest that /healthz took meanwhile',
      times(pageMs),
    ),
    'Goals',
    goal(bytesPerCall <= goals.bytesPerCall, `at most ${goals.bytesPerCall} bytes a call: ${bytesPerCall}`),
    goal(
      worst <= goals.pageP95Ms,
      `every page's first byte in ${goals.pageP95Ms} ms p95: ${worst} ms the slowest`,
    ),
    goal(stall <= goals.stallMs, `beside pages /healthz is answered in ${goals.stallMs} ms: ${stall} ms`),
    goal(summary <= goals.summaryMs, `summary of 30 days in ${goals.summaryMs} ms p95: ${summary} ms`),
    goal(filters <= goals.filtersMs, `calls by five filters in ${goals.filtersMs} ms p95: ${filters} ms`),
  ].join('\n');
}
