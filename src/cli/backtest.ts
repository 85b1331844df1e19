import { Command } from 'commander';
import { type BacktestReport, backtestReport } from '../backtest/backtest-report.ts';
import { type CallSource, callsOfFile, callsOfRedis } from '../backtest/call-source.ts';
import { BacktestError } from '../backtest/lane.ts';
import { runBacktest } from '../backtest/run-backtest.ts';
import { RedisOutcomeLines } from '../call-store/outcome-lines.ts';
import { backtestText } from '../terminal/backtest-text.ts';
import { ProgressLine } from '../terminal/progress-line.ts';
import { tell, wrapped } from '../terminal/screen.ts';
import { visibleJson } from '../text/visible-text.ts';
import { calledNames } from './command/called-names.ts';
import { type JsonFields, picked, withJsonOption } from './command/json-option.ts';
import {
  listsDir,
  showsNumbers,
  timeForms,
  timeOf,
  withListsOption,
  withRedisOption,
} from './command/options.ts';
import { PrintedNumbers } from './command/printed-numbers.ts';
import { withRedis } from './command/redis.ts';
import { messageOf } from './command/run.ts';

const redisCommandMs = 20_000;
const usage = 2;

export interface CallsOptions {
  readonly since?: string;
  readonly until?: string;
  readonly calls?: string;
  readonly redis?: string;
}

export interface BacktestOptions extends CallsOptions {
  readonly rules: string;
  readonly against?: string;
  readonly data?: string;
  readonly json?: JsonFields;
  readonly showNumbers?: boolean;
}

const fields: readonly (keyof BacktestReport)[] = [
  ...([
    'rules',
    'against',
    'calls',
    'withoutCaller',
    'compared',
    'same',
    'otherDetails',
    'otherRule',
  ] as const),
  ...(['flips', 'harmed', 'notCompared', 'mismatches', 'unreadable', 'before', 'now'] as const),
  ...(['groups', 'missing', 'monitored'] as const),
];

/**
 * `gatehouse backtest`: what other rules would do with recorded calls. Exit code 1 when a must-pass number or a previously
 * connected list member is worse off, 2 when it could not run.
 */
export function backtestCommand(): Command {
  const command = new Command('backtest')
    .description('decide recorded calls by other rules, and show which results would change')
    .requiredOption('--rules <dir>', 'directory of the rules to try')
    .option('--against <dir>', 'compare with these rules (default: the recorded decisions)')
    .option('--since <when>', `calls in Redis from then on: ${timeForms}`)
    .option('--until <when>', 'end, in the same form (default: now)')
    .option(
      '--calls <file>',
      'calls in a file: outcomes or call facts as JSON, one per line, optionally .gz; - for stdin',
    )
    .option('--show-numbers', `${showsNumbers} (calls in Redis)`);
  withJsonOption(command, 'one JSON object', fields);
  return withRedisOption(withListsOption(command))
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage))
    .action(async (options: BacktestOptions) => {
      const progress = new ProgressLine('backtest');
      try {
        const { text, exitCode } = await backtest(options, progress);
        progress.clear();
        process.stdout.write(options.json ? text : wrapped(text));
        process.exitCode = exitCode;
      } catch (error) {
        progress.clear();
        tell(`error: ${messageOf(error)}`);
        process.exitCode = usage;
      }
    });
}

/** What the command prints, and its exit code. @throws what kept it from running: exit code 2 */
export function backtest(
  options: BacktestOptions,
  progress: ProgressLine,
): Promise<{ readonly text: string; readonly exitCode: 0 | 1 }> {
  const { rules, against = null } = options;
  return withCalls(options, async ({ source, between }) => {
    const outcome = await runBacktest({
      ...{ rules, against, lists: listsDir(options.data), source, between },
      progress: (done, total) => progress.show(done, total),
    });
    // People who read a file have its numbers already.
    const isOfFile = options.calls !== undefined;
    const numbers = new PrintedNumbers(options.showNumbers === true && !isOfFile, 'backtest');
    const shown = (number: string) => (options.showNumbers && isOfFile ? number : numbers.view.show(number));
    const nameOf = await calledNames({ rules, data: options.data });
    const report = backtestReport(outcome, { rules, against, shown, nameOf });
    if (report.calls === 0 && report.unreadable.lines > 0)
      throw new BacktestError('unreadable', `none of ${report.unreadable.lines} lines is a record of a call`);
    await numbers.audit();
    const text = options.json ? `${visibleJson(picked(report, options.json))}\n` : backtestText(report);
    return { text, exitCode: report.harmed > 0 ? 1 : 0 };
  });
}

export interface RecordedCalls {
  readonly source: CallSource;
  readonly between: { readonly since: number; readonly until: number } | null;
}

/** The recorded calls that the options name. @throws what is wrong with them */
export async function withCalls<T>(
  options: CallsOptions,
  use: (calls: RecordedCalls) => Promise<T>,
): Promise<T> {
  const { since, until, calls } = options;
  if ((since === undefined) === (calls === undefined))
    throw new Error('choose the calls: --since 30d for calls in Redis, or --calls FILE');
  if (calls !== undefined) {
    if (until !== undefined) throw new Error('--until requires --since');
    return use({ source: await callsOfFile(calls), between: null });
  }
  const now = Date.now();
  const between = { since: timeOf('--since', since, now), until: timeOf('--until', until, now) };
  return withRedis(
    options.redis,
    'backtest',
    async (redis) =>
      use({
        source: await callsOfRedis(new RedisOutcomeLines(redis, between.since, between.until)),
        between,
      }),
    redisCommandMs,
  );
}
