import { Command } from 'commander';
import { DateTime } from 'luxon';
import { callerPseudonymKey } from '../../config/read-setting.ts';
import {
  type ExpectedCall,
  longestWhy,
  plainWhy,
  RedisExpectedCalls,
} from '../../history/redis-expected-calls.ts';
import { callerNames } from '../../privacy/caller-names.ts';
import { wrapped } from '../../terminal/screen.ts';
import { pointAhead } from '../../text/point-in-time.ts';
import { withRedisOption, withRulesOption } from '../command/options.ts';
import { withRedis, withRedisWrite } from '../command/redis.ts';
import { CommandError, print, run } from '../command/run.ts';
import { regionRules, wantedNumber } from '../command/wanted-number.ts';

const redisCommandMs = 5_000;
const maxDays = 92;

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

/**
 * `gatehouse expect`: staff expect a call. Rules decide what that is worth; it never outweighs a failed verification. Error
 * codes: `number`, `until`, `why`, `usage`, `not-expected`.
 */
export function expectCommand(): Command {
  const command = new Command('expect')
    .description('announce a call, list the calls that are expected, or remove one')
    .argument('[number]', 'who will call, in any format')
    .option('--until <when>', `30m, 8h, 5d, or a date and time; at most ${maxDays} days ahead`)
    .option('--to <number>', 'the number of ours that will be called (default: any)')
    .option('--why <text>', `reason, for others; at most ${longestWhy} characters`)
    .option('--list', 'list expected calls')
    .option('--remove', 'remove an expected call; with --to only for that number')
    .option('--json', 'for programs');
  return withRedisOption(withRulesOption(command, regionRules)).action(
    (number: string | undefined, options: ExpectOptions, self: Command) =>
      run(self, async () => {
        const lines = await expectCall(number, options, Date.now());
        await print(lines.map((line) => `${wrapped(line)}\n`).join(''));
      }),
  );
}

/** The lines to print. */
async function expectCall(
  number: string | undefined,
  options: ExpectOptions,
  now: number,
): Promise<string[]> {
  if (options.list) {
    const calls = await withExpected(options, (expected) => expected.list(now));
    if (options.json) return [JSON.stringify(calls)];
    return calls.length === 0 ? ['No call is expected.'] : calls.map(callText);
  }
  if (number === undefined) throw new CommandError('usage', 'name the number that will call, or use --list');
  const caller = await wantedNumber(number, options.rules);
  const called = options.to === undefined ? null : await wantedNumber(options.to, options.rules);
  if (options.remove) {
    if (!(await withExpected(options, (expected) => expected.remove(caller, called), withRedisWrite)))
      throw new CommandError('not-expected', `${caller} was not expected ${placeText(called)}`);
    return [
      options.json ? JSON.stringify({ removed: { caller, called } }) : `${caller} is no longer expected.`,
    ];
  }
  const call = { caller, called, until: wantedMoment(options.until, now), why: wantedWhy(options.why) };
  await withExpected(options, (expected) => expected.add(call, now), withRedisWrite);
  return [options.json ? JSON.stringify(call) : callText(call)];
}

function withExpected<T>(
  { redis: url }: ExpectOptions,
  use: (expected: RedisExpectedCalls) => Promise<T>,
  connect: typeof withRedis<T> = withRedis,
): Promise<T> {
  return connect(
    url,
    'expect',
    (redis) => use(new RedisExpectedCalls(redis, callerNames(callerPseudonymKey(process.env)))),
    redisCommandMs,
  );
}

function wantedMoment(text: string | undefined, now: number): number {
  const at = text === undefined ? null : pointAhead(text, now);
  if (at === null) throw new CommandError('until', '--until: write 30m, 8h, 5d or 2026-03-01T08:00');
  if (at <= now) throw new CommandError('until', `--until ${JSON.stringify(text)} is in the past`);
  if (at > now + maxDays * 86_400_000)
    throw new CommandError('until', `--until: at most ${maxDays} days; use a list instead`);
  return at;
}

function wantedWhy(text: string | undefined): string {
  const why = plainWhy(text ?? '');
  if (why === '') throw new CommandError('why', '--why: write why the call is expected');
  return why;
}

function callText({ caller, called, until, why }: ExpectedCall): string {
  const when = DateTime.fromMillis(until).toFormat('yyyy-MM-dd HH:mm ZZZZ');
  return `${caller} is expected ${placeText(called)} until ${when}: ${why}`;
}

function placeText(called: string | null): string {
  return called === null ? 'at any number' : `at ${called}`;
}
