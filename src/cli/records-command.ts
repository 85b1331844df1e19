import { once } from 'node:events';
import { userInfo } from 'node:os';
import { type Command, InvalidArgumentError } from 'commander';
import { pseudonymKey as storedUnder } from '../config/pseudonym-key.ts';
import { silentLog } from '../log/log.ts';
import { callerNames } from '../records/caller-names.ts';
import { RedisCallRecords } from '../records/redis-call-records.ts';
import { RedisCallerFlags } from '../records/redis-caller-flags.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { AuditLog } from '../report/access/audit-log.ts';
import { NumberView } from '../report/access/number-view.ts';
import { pseudonymKey } from '../report/access/private-file.ts';
import { pseudonym } from '../report/access/pseudonym.ts';
import type { CallRecords } from '../report/call-records.ts';
import { pointInTime } from '../report/since.ts';
import type { CallerFlags } from '../screening/caller-flags.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 10_000;

export interface RangeOptions {
  readonly since: string;
  readonly until?: string;
}

export interface Source {
  readonly records: CallRecords;
  readonly flags: CallerFlags;
}

/** A failure that is told in one line. */
export class CommandError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** `--redis`; the address may hold a password, so help does not print its default. */
export function withRedisOption(command: Command): Command {
  return command.option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out');
}

export function withRangeOptions(command: Command, since: string): Command {
  return command
    .option(
      '--since <when>',
      'from then on: so long ago (30m, 24h, 7d), or a date and time such as 2026-03-01T08:00',
      since,
    )
    .option('--until <when>', 'up to then; now when left out');
}

/** Epoch ms. @throws CommandError `time-range` */
export function timeRange({ since, until }: RangeOptions): { since: number; until: number } {
  const now = Date.now();
  const from = wantedTime('--since', since, now);
  return { since: from, until: until === undefined ? now : wantedTime('--until', until, now) };
}

function wantedTime(option: string, text: string, now: number): number {
  const at = pointInTime(text, now);
  if (at !== null) return at;
  const wanted = `${option} ${JSON.stringify(text)}: wanted 30m, 24h, 7d or 2026-03-01T08:00`;
  throw new CommandError('time-range', wanted);
}

/** A whole number of 1 or more, as an option. */
export function amount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 9999999.');
  return Number(text);
}

/** Runs a command's work: an error becomes one line on stderr, exit code 1. */
export async function guarded(command: Command, work: () => Promise<void>): Promise<void> {
  process.stdout.on('error', endQuietly);
  try {
    await work();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const text = error instanceof Error ? error.message : String(error);
    command.error(`error: ${text}`, { exitCode: 1, code: typeof code === 'string' ? code : 'report-failed' });
  } finally {
    process.stdout.off('error', endQuietly);
  }
}

/** Whoever reads us has seen enough: `| head`. */
function endQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
}

/** @throws RedisConnectionError `redis-url`, `redis-away` */
export async function withRecords<T>(
  url: string | undefined,
  use: (source: Source) => Promise<T>,
): Promise<T> {
  const address = url ?? (process.env.GATEHOUSE_REDIS_URL || 'redis://127.0.0.1:6379');
  const redis = connectRedis(address, silentLog, {
    name: 'gatehouse-report',
    commandTimeoutMs: redisCommandMs,
  });
  try {
    await redisReady(redis, redisWaitMs);
    const names = callerNames(storedUnder(process.env));
    return await use({
      records: new RedisCallRecords(redis, names),
      flags: new RedisCallerFlags(redis, names),
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== undefined) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new RedisConnectionError('redis-away', `Redis: ${text}`);
  } finally {
    redis.disconnect();
  }
}

/** Numbers as they are printed: masked, or whole and noted in the audit log before they are printed. */
export class PrintedNumbers {
  readonly view: NumberView;
  readonly #what: string;

  constructor(whole: boolean, what: string) {
    this.view = new NumberView(whole ? { name: 'command', role: 'analyst', how: 'local', csrf: null } : null);
    this.#what = what;
  }

  /**
   * Prints what was made with `view`.
   * @throws CommandError `audit-log` when a look at whole numbers cannot be noted: then nothing is printed
   */
  async print(text: string): Promise<void> {
    await this.note();
    await written(text);
  }

  /** Notes what `view` showed whole since the last time. @throws CommandError `audit-log` */
  async note(): Promise<void> {
    const dir = process.env.GATEHOUSE_DATA || '/var/lib/gatehouse';
    const looked = this.view.take((number) => pseudonym(pseudonymKey(dir, silentLog), number));
    if (looked !== null) {
      const who = userInfo().username;
      try {
        await new AuditLog(dir).add({
          event: 'look',
          who,
          role: null,
          address: null,
          route: `gatehouse ${this.#what}`,
          ...looked,
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new CommandError(
          'audit-log',
          `whole numbers are shown only where the look can be noted (${why}); run this as the user that Gatehouse runs as, with the same GATEHOUSE_DATA`,
        );
      }
    }
  }
}

/** Waits for a reader that is slower than we are. */
export async function written(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
