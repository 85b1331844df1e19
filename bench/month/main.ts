import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { MonthFigures } from './figures.ts';
import type { MonthTask } from './run.ts';
import { summaryOf, tableOf } from './summary.ts';
import { type Signal, signals } from './watch.ts';

/**
 * `npm run bench -- month [--seed 1 | --seeds 10] [--days 7-9] [--without campaigns,levels] [--workers 2] [--json]`: a simulated month of
 * a hospital, in which it is known who really calls; through the shipped rules, a real Redis and all that watches over calls. The
 * same seed gives the same month.
 */
export const monthBenchmark = {
  about:
    'a simulated month of a hospital: who reaches a person, who is asked, which campaigns are recognized',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        seed: { type: 'string', default: '1' },
        /** So many months, from `--seed` on. */
        seeds: { type: 'string', default: '1' },
        days: { type: 'string' },
        without: { type: 'string', default: '' },
        workers: { type: 'string', default: String(Math.min(2, cpus().length)) },
      },
    });
    const seeds = Array.from({ length: Number(values.seeds) }, (_, at) => Number(values.seed) + at);
    const without = values.without.split(',').filter((one) => one !== '') as Signal[];
    const unknown = without.find((one) => !signals.includes(one));
    if (unknown !== undefined) throw new Error(`no such signal: ${unknown}; there are ${signals.join(', ')}`);
    const days = daysOf(values.days);
    const tasks = seeds.map((seed) => ({ seed, without, days }));
    const months = await runMonths(tasks, Number(values.workers));
    const first = months[0];
    if (first !== undefined) console.log(tableOf(first));
    const summary = summaryOf(months);
    console.log(JSON.stringify(summary, null, values.json ? 0 : 2));
  },
};

/** In threads, so many at a time; in the order of the tasks. */
export async function runMonths(tasks: readonly MonthTask[], workers: number): Promise<MonthFigures[]> {
  const found: MonthFigures[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at] as MonthTask;
      const start = performance.now();
      const month = await inThread(task);
      found[at] = month;
      const off = task.without.length === 0 ? '' : ` without ${task.without.join(', ')}`;
      const seconds = Math.round((performance.now() - start) / 1000);
      console.error(`seed ${task.seed}${off}: ${month.calls.toLocaleString('en')} calls in ${seconds} s`);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return found;
}

function inThread(task: MonthTask): Promise<MonthFigures> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`a month ended with ${code}`)));
  });
}

function daysOf(text: string | undefined): MonthTask['days'] {
  if (text === undefined) return undefined;
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (from === undefined || Number(to) <= Number(from))
    throw new Error('--days: such as 7-9, the days 7 and 8');
  return { from: Number(from), to: Number(to) };
}
