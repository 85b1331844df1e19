import { Command, Option } from 'commander';
import { DateTime } from 'luxon';
import { callerPseudonymKey } from '../../config/read-setting.ts';
import { RedisCallerActions } from '../../history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../../history/redis-caller-flags.ts';
import { type ExpectedCall, longestWhy, RedisExpectedCalls } from '../../history/redis-expected-calls.ts';
import { callerNames } from '../../privacy/caller-names.ts';
import type { RedisClient } from '../../redis/redis-client.ts';
import { type Desk, expectCaller, undoAction } from '../../report/web/callers/action-desk.ts';
import { wrapped } from '../../terminal/screen.ts';
import { type JsonFields, picked, withJsonOption } from '../command/json-option.ts';
import { timeAhead, timesAhead, withRedisOption, withRulesOption } from '../command/options.ts';
import { withRedis, withRedisWrite } from '../command/redis.ts';
import { CommandError, print, run } from '../command/run.ts';
import { regionRules, wantedNumber } from '../command/wanted-number.ts';
import { commandDesk, done, wantedReason } from './staff-desk.ts';

const redisCommandMs = 5_000;
const maxDays = 92;
const fields: readonly (keyof ExpectedCall | 'removed')[] = ['caller', 'called', 'until', 'why', 'removed'];

interface ExpectOptions {
  readonly until?: string;
  readonly to?: string;
  readonly reason?: string;
  /** What `reason` was called before. */
  readonly why?: string;
  readonly list?: true;
  readonly remove?: true;
  readonly undo?: true;
  readonly json?: JsonFields;
  readonly rules?: string;
  readonly redis?: string;
}

/** A caller, and the number of ours; null: any. Both E.164. */
type Place = Pick<ExpectedCall, 'caller' | 'called'>;

/**
 * `gatehouse expect`: staff expect a call. Rules decide what that is worth; it never outweighs a failed verification. Error
 * codes: `number`, `until`, `reason`, `usage`, `not-expected`, `nothing-to-undo`.
 */
export function expectCommand(): Command {
  const command = new Command('expect')
    .description('announce a call, list the calls that are expected, or remove one')
    .argument('[number]', 'who will call, in any format')
    .option('--until <when>', `${timesAhead}; at most ${maxDays} days`)
    .option('--to <number>', 'the number of ours that will be called (default: any)')
    .option('--reason <text>', `reason, for others; also to remove; at most ${longestWhy} characters`)
    .addOption(new Option('--why <text>').hideHelp())
    .option('--list', 'list expected calls')
    .addOption(
      new Option('--remove', 'remove an expected call; with --to only for that number').conflicts('undo'),
    )
    .option('--undo', 'undo the last change, also one from the browser; with --to for that number');
  withJsonOption(command, 'one JSON object, with --list an array', fields);
  return withRedisOption(withRulesOption(command, regionRules)).action(
    (number: string | undefined, options: ExpectOptions, self: Command) =>
      run(self, async () => {
        const { lines, json } = await expectCall(number, options, Date.now());
        const text = options.json
          ? [JSON.stringify(picked(json, options.json))]
          : lines.map((line) => wrapped(line));
        await print(text.map((line) => `${line}\n`).join(''));
      }),
  );
}

interface Said {
  readonly lines: readonly string[];
  readonly json: object;
}

async function expectCall(number: string | undefined, options: ExpectOptions, now: number): Promise<Said> {
  if (options.list) {
    const calls = await withRedis(
      options.redis,
      'expect',
      (redis) => inRedis(redis).list(now),
      redisCommandMs,
    );
    return { lines: calls.length === 0 ? ['No call is expected.'] : calls.map(callText), json: calls };
  }
  if (number === undefined) throw new CommandError('usage', 'name the number that will call, or use --list');
  const caller = await wantedNumber(number, options.rules);
  const called = options.to === undefined ? null : await wantedNumber(options.to, options.rules);
  const place: Place = { caller, called };
  if (options.undo) return change(options, now, (desk, expected) => undo(place, desk, expected));
  if (options.remove) {
    const why = wantedReason(options.reason ?? options.why);
    return change(options, now, (desk, expected) => remove(place, why, desk, expected));
  }
  if (options.until === undefined) throw new CommandError('until', `--until: write ${timesAhead}`);
  const until = timeAhead('until', options.until, now, { maxDays, instead: 'use a list instead' });
  const call: ExpectedCall = { ...place, until, why: wantedReason(options.reason ?? options.why) };
  await change(options, now, (desk, expected) =>
    done(expectCaller(desk, { expected }, { caller, callId: null }, call)),
  );
  return { lines: [callText(call)], json: call };
}

async function remove(
  { caller, called }: Place,
  why: string,
  desk: Desk,
  expected: RedisExpectedCalls,
): Promise<Said> {
  const there = await expected.ofCaller(caller, desk.now);
  if (!there.some((one) => one.called === called))
    throw new CommandError('not-expected', `${caller} was not expected ${placeText(called)}`);
  await done(expectCaller(desk, { expected }, { caller, callId: null }, { called, until: null, why }));
  return { lines: [`${caller} is no longer expected.`], json: { removed: { caller, called } } };
}

/** What was expected before is expected again, as by the button of the browser. */
async function undo({ caller, called }: Place, desk: Desk, expected: RedisExpectedCalls): Promise<Said> {
  const last = (await desk.actions.of(caller)).find(
    (one) => one.what === 'expect' && one.called === called && one.undone === null,
  );
  if (last === undefined)
    throw new CommandError('nothing-to-undo', `nothing to undo for ${caller} ${placeText(called)}`);
  await done(undoAction(desk, { callers: { expected } }, { caller, callId: null }, last.id));
  const now = (await expected.ofCaller(caller, desk.now)).find((one) => one.called === called);
  return now === undefined
    ? { lines: [`${caller} is no longer expected.`], json: { removed: { caller, called } } }
    : { lines: [callText({ ...now, caller })], json: { ...now, caller } };
}

function inRedis(redis: RedisClient): RedisExpectedCalls {
  return new RedisExpectedCalls(redis, callerNames(callerPseudonymKey(process.env)));
}

function change<T>(
  { redis: url }: ExpectOptions,
  now: number,
  use: (desk: Desk, expected: RedisExpectedCalls) => Promise<T>,
): Promise<T> {
  const names = callerNames(callerPseudonymKey(process.env));
  return withRedisWrite(
    url,
    'expect',
    (redis) => {
      const [flags, actions] = [new RedisCallerFlags(redis, names), new RedisCallerActions(redis, names)];
      return use(commandDesk('expect', flags, actions, now), inRedis(redis));
    },
    redisCommandMs,
  );
}

function callText({ caller, called, until, why }: ExpectedCall): string {
  const when = DateTime.fromMillis(until).toFormat('yyyy-MM-dd HH:mm ZZZZ');
  return `${caller} is expected ${placeText(called)} until ${when}: ${why}`;
}

function placeText(called: string | null): string {
  return called === null ? 'at any number' : `at ${called}`;
}
