import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { until } from '../lab/child.ts';
import { switchboard } from '../lab/demo/morning.ts';
import { Lab } from '../lab/lab.ts';
import { type LoadResult, runLoad } from '../lab/load.ts';
import { knownCallers, rulesWithKnownCallers, startPeers } from './calls/peers.ts';
import { allCallsOver, breakingP99Ms } from './calls/ramp.ts';

const holdMs = 1_000;
/** On no list: each would be challenged. */
const unknownCallers = ['203', '305', '313', '405', '414', '513', '603', '618', '703', '714'].flatMap(
  (area) => Array.from({ length: 100 }, (_, last) => `+1${area}5550${100 + last}`),
);

interface Phase {
  readonly callsPerSecond: number;
  readonly seconds: number;
  readonly calls: number;
  readonly failed: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly maxMs: number | null;
}

/** Twice the capacity for a minute, and what becomes of the calls meanwhile and afterward. */
export const overloadBenchmark = {
  about: 'twice the calls that it can take, for a minute: does one fail, what is shed, how soon it is over',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        /** Share of callers on a list, percent. */
        known: { type: 'string', default: '50' },
        step: { type: 'string', default: '50' },
        from: { type: 'string', default: '100' },
        most: { type: 'string', default: '1000' },
        seconds: { type: 'string', default: '60' },
        /** Calls a second, in place of a capacity that is measured. */
        capacity: { type: 'string' },
      },
    });
    const say = (text: string) => console.error(text);
    await using rules = await rulesWithKnownCallers();
    const lab = await Lab.up({ rules: rules.dir });
    process.once('SIGINT', () => void lab.down().finally(() => process.exit(130)));
    const peers = await startPeers(lab, join(lab.dir, 'prompts', 'en', 'press-1'));
    await peers.stop();
    const numbers = mixed(Number(values.known) / 100);
    const load = (callsPerSecond: number, seconds: number): Promise<LoadResult> =>
      runLoad(
        lab,
        { ...{ from: '[field0]', displayName: 'ACME', to: switchboard }, steps: [{ hold: holdMs }] },
        { ...{ callsPerSecond, seconds, numbers, localAddress: '127.0.0.1' }, graceMs: 15_000 },
      );
    try {
      // A program that has just started is slow until its code is compiled.
      await load(50, 10);
      await allCallsOver(lab);
      const capacity =
        values.capacity === undefined ? await capacityOf(lab, load, values, say) : Number(values.capacity);
      const heavy = load(2 * capacity, Number(values.seconds));
      const result = await heavy;
      const endedAt = Math.max(...result.setUps.map(({ at }) => at));
      say(line('twice the capacity', phase(2 * capacity, Number(values.seconds), result)));
      const after = await load(Math.max(10, Math.round(capacity / 2)), 15);
      const settled = after.setUps.filter(({ at }) => at >= endedAt + 5_000).flatMap(({ ms }) => ms ?? []);
      const overAt = await overloadOverAt(lab);
      await allCallsOver(lab);
      await until(
        'Redis to have every outcome',
        120_000,
        async () => (await backlog(lab)) === 0 || null,
        500,
      );
      const report = (await (await fetch(`${lab.gatehouse.url}/api/report?since=24h`)).json()) as {
        totals: { calls: number; bypassed: number; unaccounted: number };
        byBypassReason: { reason: string; calls: number }[];
      };
      const summary = {
        capacity,
        knownPercent: Number(values.known),
        overload: phase(2 * capacity, Number(values.seconds), result),
        afterward: {
          ...phase(Math.max(10, Math.round(capacity / 2)), 15, after),
          p99MsFrom5sOn: settled.sort((a, b) => a - b)[Math.ceil(settled.length * 0.99) - 1] ?? null,
          shedAgainAfterSeconds: overAt === null ? null : Math.round((overAt - endedAt) / 100) / 10,
        },
        report: { ...report.totals, byBypassReason: report.byBypassReason },
      };
      say(JSON.stringify(summary, null, 2));
      if (values.json) console.log(JSON.stringify(summary));
    } finally {
      await lab.down();
    }
  },
};

/** Known and unknown callers in turn, so that any second has the same share of both. */
function mixed(share: number): readonly string[] {
  return knownCallers.map((known, at) => {
    const isKnown = Math.floor((at + 1) * share) > Math.floor(at * share);
    return isKnown ? known : (unknownCallers[at] ?? known);
  });
}

/** The highest rate without a failed call, and with a p99 that is no break. */
async function capacityOf(
  lab: Lab,
  load: (callsPerSecond: number, seconds: number) => Promise<LoadResult>,
  { from, step, most }: { from: string; step: string; most: string },
  say: (text: string) => void,
): Promise<number> {
  let capacity = 0;
  for (let rate = Number(from); rate <= Number(most); rate += Number(step)) {
    let result = await load(rate, 8);
    await allCallsOver(lab);
    const isBreak = ({ failed, p99Ms }: LoadResult) => failed > 0 || (p99Ms ?? Infinity) > breakingP99Ms;
    if (isBreak(result)) {
      result = await load(rate, 8);
      await allCallsOver(lab);
    }
    say(line('ramp', phase(rate, 8, result)));
    if (isBreak(result)) break;
    capacity = rate;
  }
  if (capacity === 0) throw new Error('it breaks at the first rate already; give a lower --from');
  return capacity;
}

function phase(callsPerSecond: number, seconds: number, result: LoadResult): Phase {
  const { calls, failed, p50Ms, p99Ms, maxMs } = result;
  return { callsPerSecond, seconds, calls, failed, p50Ms, p99Ms, maxMs };
}

function line(name: string, { callsPerSecond, calls, failed, p50Ms, p99Ms, maxMs }: Phase): string {
  return `${name.padEnd(20)}${callsPerSecond}/s  ${calls} calls  failed ${failed}  p50 ${p50Ms} p99 ${p99Ms} max ${maxMs} ms`;
}

/** Epoch ms at which the last episode ended; null: there was none. */
async function overloadOverAt(lab: Lab): Promise<number | null> {
  const log = await readFile(join(lab.dir, 'log', 'gatehouse.log'), 'utf8');
  const over = log.split('\n').findLast((text) => text.includes('Overload is over'));
  return over === undefined ? null : Date.parse((JSON.parse(over) as { time: string }).time);
}

async function backlog(lab: Lab): Promise<number> {
  const text = await (await fetch(`${lab.gatehouse.url}/metrics`)).text();
  return Number(/^gatehouse_backlog_outcomes (\d+)/m.exec(text)?.[1] ?? 1);
}
