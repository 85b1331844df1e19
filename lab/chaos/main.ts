import { Command, InvalidArgumentError } from 'commander';
import { runChaos, table } from './run.ts';
import { type FaultKind, faultKinds } from './schedule.ts';
import { runStandstill } from './standstill.ts';

const number = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('a number above 0');
  return value;
};
const kinds = (text: string): FaultKind[] =>
  text.split(',').map((one) => {
    const kind = faultKinds.find((known) => known === one);
    if (kind === undefined) throw new InvalidArgumentError(`one or more of ${faultKinds.join(',')}`);
    return kind;
  });

interface Flags {
  readonly calls: number;
  readonly seed: number;
  readonly rate: number;
  readonly faults?: FaultKind[];
  readonly freeze?: number;
  readonly cut?: number;
  readonly every: number;
  readonly keep?: true;
  readonly json?: true;
}

const program = new Command('chaos')
  .description(
    'random faults under real callers of every kind; each caller’s own view is held against the records',
  )
  .option('--calls <n>', 'how many calls', number, 600)
  .option('--seed <n>', 'the same faults for the same seed', number, 1)
  .option('--rate <n>', 'calls a second', number, 5)
  .option('--faults <kinds>', 'only these faults, with commas between', kinds)
  .option(
    '--freeze <s>',
    'in place of random faults: Gatehouse is stopped (SIGSTOP) for so many seconds',
    number,
  )
  .option(
    '--cut <s>',
    'in place of random faults: the wire to ARI is dead for so many seconds, without a word',
    number,
  )
  .option('--every <s>', 'with --freeze and --cut: seconds between two calls', number, 5)
  .option('--keep', 'keep logs and what SIPp wrote')
  .option('--json', 'the last line is a JSON summary')
  .parse();

const { json = false, freeze, cut, every, ...options } = program.opts<Flags>();
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const startedAt = Date.now();
const complaints = await run();
for (const complaint of complaints) console.log(`NOT AS WANTED: ${complaint}`);
process.exitCode = complaints.length === 0 ? 0 : 1;

async function run(): Promise<readonly string[]> {
  const seconds = freeze ?? cut;
  const { result, complaints: found } =
    seconds === undefined
      ? await runChaos(options, say)
      : await runStandstill(
          { how: freeze === undefined ? 'cut' : 'freeze', seconds, every, ...options },
          say,
        );
  if ('standstill' in result) console.log(JSON.stringify(result, null, 2));
  else console.log(table(result));
  console.log(`took ${Math.round((Date.now() - startedAt) / 1000)} s`);
  process.once('exit', () => json && console.log(JSON.stringify(result)));
  return found;
}
