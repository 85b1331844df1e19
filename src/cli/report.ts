import { Command } from 'commander';
import { maskNumber } from '../log/mask-number.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { RedisOutcomes } from '../records/redis-outcomes.ts';
import { type ReportSummary, summary } from '../report/queries.ts';
import { pointInTime } from '../report/since.ts';
import { summaryText } from '../report/summary-text.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 10_000;

interface ReportOptions {
  readonly since: string;
  readonly until?: string;
  readonly json?: boolean;
  readonly showNumbers?: boolean;
  readonly redis: string;
}

/** `gatehouse report`: what became of the calls of a time range. Exit code 1 with one line on stderr when it cannot. */
export function reportCommand(): Command {
  const redisDefault = process.env.GATEHOUSE_REDIS_URL ?? 'redis://127.0.0.1:6379';
  return (
    new Command('report')
      .description('show what became of the calls')
      .option(
        '--since <when>',
        'from then on: 30m, 24h, 7d ago, or a date and time such as 2026-03-01T08:00',
        '24h',
      )
      .option('--until <when>', 'up to then; now when left out')
      .option('--json', 'print one JSON object')
      .option('--show-numbers', 'do not mask called numbers')
      // The address may hold a password, so help does not print it.
      .option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out')
      .action(async (options: Partial<ReportOptions>, command: Command) => {
        try {
          await report({ since: '24h', redis: redisDefault, ...options });
        } catch (error) {
          const code = (error as { code?: unknown }).code;
          const text = error instanceof Error ? error.message : String(error);
          command.error(`error: ${text}`, {
            exitCode: 1,
            code: typeof code === 'string' ? code : 'report-failed',
          });
        }
      })
  );
}

async function report(options: ReportOptions): Promise<void> {
  const now = Date.now();
  const since = wantedTime('--since', options.since, now);
  const until = options.until === undefined ? now : wantedTime('--until', options.until, now);
  const found = await read(options.redis, since, until);
  const shown = (called: string) => (options.showNumbers ? called : maskNumber(called));
  const text = options.json ? `${JSON.stringify(withNumbers(found, shown))}\n` : summaryText(found, shown);
  process.stdout.write(text);
}

async function read(url: string, since: number, until: number): Promise<ReportSummary> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const redis = connectRedis(url, silent, { name: 'gatehouse-report', commandTimeoutMs: redisCommandMs });
  try {
    await redisReady(redis, redisWaitMs);
    return await summary(new RedisOutcomes(redis), { since, until });
  } catch (error) {
    if (error instanceof RedisConnectionError) throw error;
    throw new RedisConnectionError(
      'redis-away',
      `Redis: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    redis.disconnect();
  }
}

function withNumbers(report: ReportSummary, shown: (called: string) => string): ReportSummary {
  const byCalledNumber = report.byCalledNumber.map((row) => ({
    ...row,
    called: row.called === null ? null : shown(row.called),
  }));
  return { ...report, byCalledNumber };
}

function wantedTime(option: string, text: string, now: number): number {
  const at = pointInTime(text, now);
  if (at === null)
    throw new TimeRangeError(`${option} ${JSON.stringify(text)}: wanted 30m, 24h, 7d or 2026-03-01T08:00`);
  return at;
}

class TimeRangeError extends Error {
  readonly code = 'time-range';
}
