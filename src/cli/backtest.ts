import { join } from 'node:path';
import { Command } from 'commander';
import { backtestReport } from '../backtest/backtest-report.ts';
import { backtestText } from '../backtest/backtest-text.ts';
import { callsOfFile } from '../backtest/file-calls.ts';
import { BacktestError } from '../backtest/lane.ts';
import { callsOfRedis } from '../backtest/redis-calls.ts';
import { type CallSource, runBacktest } from '../backtest/run-backtest.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { RedisOutcomeLines } from '../records/redis-outcome-lines.ts';
import { harmlessJson } from '../report/harmless.ts';
import { pointInTime } from '../report/since.ts';
import { ProgressLine } from './progress-line.ts';
import { PrintedNumbers } from './records-command.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 20_000;
const usage = 2;

export interface BacktestOptions {
  readonly rules: string;
  readonly against?: string;
  readonly since?: string;
  readonly until?: string;
  readonly calls?: string;
  readonly redis?: string;
  readonly data?: string;
  readonly json?: boolean;
  readonly showNumbers?: boolean;
}

/**
 * `gatehouse backtest`: what new rules would have made of recorded calls. Exit code 1 when a must-pass number or a formerly
 * connected list member is harmed, 2 when it could not be run.
 */
export function backtestCommand(): Command {
  return (
    new Command('backtest')
      .description('decide recorded calls again by other rules, and say which would end otherwise')
      .requiredOption('--rules <dir>', 'directory of the rules to try')
      .option('--against <dir>', 'compare with these rules (default: with what was decided)')
      .option('--since <when>', 'calls of Redis from then on: so long ago (24h, 30d), or a date and time')
      .option('--until <when>', 'and up to then; now when left out')
      .option(
        '--calls <file>',
        'calls of a file: an outcome or call facts as JSON a line, also .gz; - for stdin',
      )
      .option('--json', 'print one JSON object')
      .option('--show-numbers', 'do not mask numbers; the look at calls of Redis is noted in the audit log')
      .option('--data <dir>', 'where the serving process keeps lists (default: $GATEHOUSE_DATA)')
      // The address may hold a password, so help does not print it.
      .option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out')
      .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : usage))
      .action(async (options: BacktestOptions) => {
        const progress = new ProgressLine('backtest');
        try {
          const { text, exitCode } = await backtest(options, progress);
          progress.clear();
          process.stdout.write(text);
          process.exitCode = exitCode;
        } catch (error) {
          progress.clear();
          process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
          process.exitCode = usage;
        }
      })
  );
}

/** What the command prints, and its exit code. @throws what could not be run: exit code 2 */
export async function backtest(
  options: BacktestOptions,
  progress: ProgressLine,
): Promise<{ readonly text: string; readonly exitCode: 0 | 1 }> {
  const { rules, against = null, data = process.env.GATEHOUSE_DATA || null } = options;
  const lists = data === null ? null : join(data, 'lists');
  const { source, between, close } = await openCalls(options);
  try {
    const outcome = await runBacktest({
      ...{ rules, against, lists, source, between },
      progress: (done, total) => progress.show(done, total),
    });
    // A file is read by whoever has it already.
    const numbers = new PrintedNumbers(
      options.showNumbers === true && options.calls === undefined,
      'backtest',
    );
    const isOfFile = options.showNumbers && options.calls !== undefined;
    const shown = isOfFile ? (number: string) => number : (number: string) => numbers.view.show(number);
    const report = backtestReport(outcome, { rules, against, shown });
    if (report.calls === 0 && report.unreadable.lines > 0)
      throw new BacktestError('unreadable', `none of ${report.unreadable.lines} lines is a record of a call`);
    await numbers.note();
    const text = options.json ? `${harmlessJson(report)}\n` : backtestText(report);
    return { text, exitCode: report.harmed > 0 ? 1 : 0 };
  } finally {
    close();
  }
}

interface OpenCalls {
  readonly source: CallSource;
  readonly between: { readonly since: number; readonly until: number } | null;
  close(): void;
}

async function openCalls(options: BacktestOptions): Promise<OpenCalls> {
  const { since, until, calls } = options;
  if ((since === undefined) === (calls === undefined))
    throw new Error('say which calls: --since 30d for those in Redis, or --calls FILE');
  if (calls !== undefined) {
    if (until !== undefined) throw new Error('--until goes with --since');
    return { source: await callsOfFile(calls), between: null, close: () => {} };
  }
  const now = Date.now();
  const between = {
    since: wantedTime('--since', since ?? '', now),
    until: wantedTime('--until', until, now),
  };
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const url = options.redis ?? (process.env.GATEHOUSE_REDIS_URL || 'redis://127.0.0.1:6379');
  const redis = connectRedis(url, silent, { name: 'gatehouse-backtest', commandTimeoutMs: redisCommandMs });
  try {
    await redisReady(redis, redisWaitMs);
    const source = await callsOfRedis(new RedisOutcomeLines(redis, between.since, between.until));
    return { source, between, close: () => redis.disconnect() };
  } catch (error) {
    redis.disconnect();
    if (error instanceof RedisConnectionError) throw error;
    throw new Error(`Redis: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function wantedTime(option: string, text: string | undefined, now: number): number {
  if (text === undefined) return now;
  const at = pointInTime(text, now);
  if (at === null) throw new Error(`${option} ${JSON.stringify(text)}: wanted 24h, 30d or 2026-03-01T08:00`);
  return at;
}
