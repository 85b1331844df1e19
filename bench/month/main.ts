import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { writeEffectivenessPage } from './effectiveness-page.ts';
import type { MonthFigures } from './figures.ts';
import { labDay } from './lab-day.ts';
import type { MonthResult } from './month-result.ts';
import type { MonthTask } from './run.ts';
import { summaryOf, tableOf } from './summary.ts';
import { type Signal, signals } from './watch.ts';

/**
 * `npm run bench -- month [--seed 1] [--seeds 10] [--days 7-9] [--without campaigns,levels] [--switch-off] [--lab] [--json] [--write]`: a
 * simulated month of a hospital, in which it is known who really calls; through the shipped rules, a real Redis and all that
 * watches over calls. The same seed gives the same month. `--switch-off` plays it again without each signal, `--lab` rings a
 * sample on a real Asterisk, `--write` makes docs/effectiveness.md; with `--from <file>` of an earlier result.
 */
export const monthBenchmark = {
  about:
    'a simulated month of a hospital: who reaches a person, who is asked, which campaigns are recognized',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({
      args: [...args],
      options: {
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        from: { type: 'string' },
        seed: { type: 'string', default: '1' },
        /** So many months, from `--seed` on. */
        seeds: { type: 'string', default: '1' },
        days: { type: 'string' },
        without: { type: 'string', default: '' },
        'switch-off': { type: 'boolean', default: false },
        lab: { type: 'boolean', default: false },
        workers: { type: 'string', default: String(Math.min(2, cpus().length)) },
      },
    });
    const result =
      values.from === undefined
        ? await measure({
            seeds: Array.from({ length: Number(values.seeds) }, (_, at) => Number(values.seed) + at),
            days: daysOf(values.days),
            without: signalsOf(values.without),
            switchesOff: values['switch-off'],
            isLab: values.lab,
            workers: Number(values.workers),
          })
        : (JSON.parse(await readFile(values.from, 'utf8')) as MonthResult);
    const [first] = result.months;
    if (first !== undefined) console.log(tableOf(first));
    if (values.write) await writeEffectivenessPage(result);
    console.log(JSON.stringify(summaryOf(result.months), null, values.json ? 0 : 2));
  },
};

interface Wanted {
  readonly seeds: readonly number[];
  readonly days: MonthTask['days'];
  readonly without: readonly Signal[];
  readonly switchesOff: boolean;
  readonly isLab: boolean;
  readonly workers: number;
}

async function measure({ seeds, days, without, switchesOff, isLab, workers }: Wanted): Promise<MonthResult> {
  const tasks: MonthTask[] = seeds.map((seed) => ({ seed, without, days }));
  const [seed = 1] = seeds;
  const off = switchesOff ? signals.map((signal) => ({ seed, without: [...without, signal], days })) : [];
  const months = await runMonths([...tasks, ...off], workers);
  const lab = isLab ? await labDay(seed, (text) => console.error(text)) : null;
  return {
    bench: 'month',
    date: new Date().toISOString(),
    months: months.slice(0, tasks.length),
    switchedOff: off.map((_, at) => ({
      signal: signals[at] as Signal,
      months: months.slice(tasks.length + at, tasks.length + at + 1),
    })),
    lab,
  };
}

function signalsOf(text: string): readonly Signal[] {
  return text
    .split(',')
    .filter((one) => one !== '')
    .map((one) => {
      const known = signals.find((signal) => signal === one);
      if (known === undefined) throw new Error(`no such signal: ${one}; there are ${signals.join(', ')}`);
      return known;
    });
}

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
