import { Command } from 'commander';
import { DateTime } from 'luxon';
import { pseudonymKey } from '../config/pseudonym-key.ts';
import { callerNames } from '../records/caller-names.ts';
import { type ExpectedCall, longestWhy, plainWhy } from '../records/expected-call.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { RedisExpectedCalls } from '../records/redis-expected-calls.ts';
import { momentAhead } from './moment-ahead.ts';
import { wantedNumber } from './wanted-number.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 5_000;
const longestDays = 92;

interface ExpectOptions {
  readonly until?: string;
  readonly to?: string;
  readonly why?: string;
  readonly list?: true;
  readonly remove?: true;
  readonly json?: true;
  readonly rules?: string;
  readonly redis?: string;
}

/** A wrong use of the command. `code` is stable: `number`, `until`, `why`, `usage` or `not-expected`. */
class ExpectError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * `gatehouse expect`: staff say that a call will come. What that is worth to a call is up to the rules, where it never
 * outweighs a failed verification. Exit code 1 with one line on stderr when it cannot.
 */
export function expectCommand(): Command {
  return (
    new Command('expect')
      .description('say that a call is expected, list what is expected, or take it back')
      .argument('[number]', 'who will call, in any writing')
      .option(
        '--until <when>',
        `so long from now, 30m, 8h, 5d, or a date and time; at most ${longestDays} days`,
      )
      .option('--to <did>', 'the number of ours that will be called (left out: any)')
      .option('--why <text>', `for those who look later, at most ${longestWhy} characters`)
      .option('--list', 'show what is expected')
      .option('--remove', 'take it back; with --to only for that number')
      .option('--json', 'for programs')
      .option(
        '--rules <dir>',
        'whose default-region reads national numbers (default: $GATEHOUSE_RULES, else rules)',
      )
      // The address may hold a password, so help does not print it.
      .option('--redis <url>', 'address of Redis; GATEHOUSE_REDIS_URL when left out')
      .action(async (number: string | undefined, options: ExpectOptions, command: Command) => {
        try {
          const lines = await expectCall(number, options, Date.now());
          process.stdout.write(lines.map((line) => `${line}\n`).join(''));
        } catch (error) {
          const code = (error as { code?: unknown }).code;
          const text = error instanceof Error ? error.message : String(error);
          command.error(`error: ${text}`, {
            exitCode: 1,
            code: typeof code === 'string' ? code : 'expect-failed',
          });
        }
      })
  );
}

/** The lines to print. */
async function expectCall(
  number: string | undefined,
  options: ExpectOptions,
  now: number,
): Promise<string[]> {
  if (options.list) {
    const calls = await withRedis(options, (expected) => expected.list(now));
    if (options.json) return [JSON.stringify(calls)];
    return calls.length === 0 ? ['No call is expected.'] : calls.map(callText);
  }
  if (number === undefined) throw new ExpectError('usage', 'name the number that will call, or --list');
  const caller = await wantedNumber(number, options.rules);
  const called = options.to === undefined ? null : await wantedNumber(options.to, options.rules);
  if (options.remove) {
    if (!(await withRedis(options, (expected) => expected.remove(caller, called))))
      throw new ExpectError('not-expected', `${caller} was not expected ${placeText(called)}`);
    return [
      options.json ? JSON.stringify({ removed: { caller, called } }) : `${caller} is not expected any more.`,
    ];
  }
  const call = { caller, called, until: wantedMoment(options.until, now), why: wantedWhy(options.why) };
  await withRedis(options, (expected) => expected.add(call, now));
  return [options.json ? JSON.stringify(call) : callText(call)];
}

async function withRedis<T>(
  options: ExpectOptions,
  work: (expected: RedisExpectedCalls) => Promise<T>,
): Promise<T> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const url = options.redis ?? (process.env.GATEHOUSE_REDIS_URL || 'redis://127.0.0.1:6379');
  const redis = connectRedis(url, silent, {
    name: 'gatehouse-expect',
    commandTimeoutMs: redisCommandMs,
  });
  try {
    await redisReady(redis, redisWaitMs);
    return await work(new RedisExpectedCalls(redis, callerNames(pseudonymKey(process.env))));
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'string') throw error;
    throw new RedisConnectionError(
      'redis-away',
      `Redis: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    redis.disconnect();
  }
}

function wantedMoment(text: string | undefined, now: number): number {
  const at = text === undefined ? null : momentAhead(text, now);
  if (at === null) throw new ExpectError('until', '--until: wanted 30m, 8h, 5d or 2026-03-01T08:00');
  if (at <= now) throw new ExpectError('until', `--until ${JSON.stringify(text)} is over already`);
  if (at > now + longestDays * 86_400_000)
    throw new ExpectError('until', `--until: at most ${longestDays} days; put the number on a list instead`);
  return at;
}

function wantedWhy(text: string | undefined): string {
  const why = plainWhy(text ?? '');
  if (why === '') throw new ExpectError('why', '--why: say why the call is expected');
  return why;
}

function callText({ caller, called, until, why }: ExpectedCall): string {
  const when = DateTime.fromMillis(until).toFormat('yyyy-MM-dd HH:mm ZZZZ');
  return `${caller} is expected ${placeText(called)} until ${when}: ${why}`;
}

function placeText(called: string | null): string {
  return called === null ? 'at any number' : `at ${called}`;
}
