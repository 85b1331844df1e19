import { runBacktestBench } from './backtest.ts';
import { callsBenchmark } from './calls.ts';
import { entryDictionaryBenchmark } from './entry-dictionary.ts';
import { inventedBenchmark } from './invented/main.ts';
import { monthBenchmark } from './month/main.ts';
import { overloadBenchmark } from './overload.ts';
import { policyBenchmark } from './policy.ts';
import { recordsBenchmark } from './records.ts';
import { redisOutage } from './redis-outage.ts';

interface Benchmark {
  readonly about: string;
  /** Prints for people, and as the last line one JSON object when asked. */
  run(args: readonly string[]): Promise<void>;
}

const benchmarks: Record<string, Benchmark> = {
  calls: callsBenchmark,
  month: monthBenchmark,
  overload: overloadBenchmark,
  invented: inventedBenchmark,
  'entry-dictionary': entryDictionaryBenchmark,
  policy: policyBenchmark,
  records: recordsBenchmark,
  'redis-outage': redisOutage,
  backtest: { about: 'a million recorded calls decided again by other rules', run: runBacktestBench },
};

const [name, ...flags] = process.argv.slice(2);
const chosen = name === undefined ? undefined : benchmarks[name];
if (name === undefined || name.startsWith('-')) {
  console.log('npm run bench -- <name> [--json]\n');
  for (const [one, { about }] of Object.entries(benchmarks)) console.log(`  ${one.padEnd(18)}${about}`);
} else if (!chosen) {
  console.error(`there is no benchmark "${name}"; there are: ${Object.keys(benchmarks).join(', ')}`);
  process.exitCode = 2;
} else await chosen.run(flags);
