import { Command } from 'commander';
import { everyCalendar } from '../../call/facts.ts';
import { type Closure, RedisClosures } from '../../history/closures.ts';
import { plainWhy } from '../../history/redis-expected-calls.ts';
import { logicOf } from '../../policy/logic/formula.ts';
import type { Policy } from '../../policy/policy.ts';
import { variablesOf } from '../../policy/proof/theory.ts';
import { closureLine } from '../../terminal/closure-line.ts';
import { tell } from '../../terminal/screen.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { type JsonFields, withJsonOption } from '../command/json-option.ts';
import {
  timeAhead,
  timesAhead,
  withListsOption,
  withRedisOption,
  withRulesOption,
} from '../command/options.ts';
import { auditDone } from '../command/printed-numbers.ts';
import { withRedis, withRedisWrite } from '../command/redis.ts';
import { CommandError, run } from '../command/run.ts';
import { policyInFiles, showResult } from './rules-and-results.ts';

const redisCommandMs = 5_000;
const maxDays = 14;
const instead = 'write longer times into the calendar, under closed';

interface CloseOptions {
  readonly until?: string;
  readonly calendar?: string;
  readonly reason?: string;
  readonly list?: true;
  readonly json?: JsonFields;
  readonly rules?: string;
  readonly data?: string;
  readonly redis?: string;
}

const fields: readonly (keyof Closure)[] = ['calendar', 'until', 'since', 'reason'];

/**
 * `gatehouse close`: calendars are closed by hand, as on a snow day. Rules say what that means for a call. Error codes: `until`,
 * `unknown-calendar`, `too-many-closures`.
 */
export function closeCommand(): Command {
  const command = new Command('close')
    .description('close calendars by hand, as on a snow day; the rules say where callers go then')
    .option('--until <when>', `${timesAhead}; at most ${maxDays} days (default: end of today)`)
    .option('--calendar <name>', 'only this calendar (default: all)')
    .option('--reason <text>', 'reason, for others')
    .option('--list', 'list what is closed by hand');
  withJsonOption(command, 'one JSON object, with --list an array', fields);
  return withRedisOption(withListsOption(withRulesOption(command))).action(
    (options: CloseOptions, self: Command) =>
      run(self, () => (options.list ? listClosed(options) : close(options, Date.now()))),
  );
}

/** `gatehouse open`: ends what was closed by hand. Error code: `not-closed`. */
export function openCommand(): Command {
  const command = new Command('open')
    .description('open calendars again that were closed by hand')
    .option('--calendar <name>', 'only this calendar (default: all that was closed)');
  return withRedisOption(withJsonOption(command, 'one JSON object', ['opened'])).action(
    (options: CloseOptions, self: Command) =>
      run(self, async () => {
        const ended = await withClosures(
          options,
          (closures) => closures.open(options.calendar ?? null, Date.now()),
          withRedisWrite,
        );
        if (ended.length === 0) throw new CommandError('not-closed', notClosed(options.calendar));
        for (const one of ended) await noted('open', one, 'open again');
        const names = ended.map(({ calendar }) => (calendar === everyCalendar ? 'all calendars' : calendar));
        await showResult(options, { opened: ended }, `Open again: ${names.join(', ')}.`);
      }),
  );
}

async function close({ calendar, reason, ...options }: CloseOptions, now: number): Promise<void> {
  const policy = await policyInFiles(options);
  if (policy === null)
    tell('The rules cannot be read, so it is not checked whether there is such a calendar.');
  else checkUse(policy, calendar);
  const zone = policy?.settings.timeZone ?? 'default';
  const closure: Closure = {
    calendar: calendar ?? everyCalendar,
    until: timeAhead('until', options.until ?? 'today', now, { maxDays, instead, zone }),
    since: now,
    reason: plainWhy(reason ?? ''),
  };
  await withClosures(options, (closures) => closures.close(closure, now), withRedisWrite);
  await noted('close', closure, `closed until ${new Date(closure.until).toISOString()}: ${closure.reason}`);
  await showResult(options, closure, `${closureLine(closure, zone)}\nEvery node follows within seconds.`);
}

function noted(command: string, { calendar }: Closure, did: string): Promise<void> {
  const of = calendar === everyCalendar ? 'all calendars' : calendar;
  return auditDone({ event: 'closed', route: `gatehouse ${command}`, detail: `${of}: ${did}` });
}

async function listClosed(options: CloseOptions): Promise<void> {
  const closures = await withClosures(options, (all) => all.list(Date.now()));
  const lines = closures.map((one) => closureLine(one));
  await showResult(options, closures, lines.length === 0 ? 'Nothing is closed by hand.' : lines.join('\n'));
}

/** @throws CommandError `unknown-calendar` */
function checkUse({ calendars, rules }: Policy, calendar: string | undefined): void {
  if (calendar !== undefined && !calendars.has(calendar))
    throw new CommandError(
      'unknown-calendar',
      `there is no calendar "${calendar}"; ${wordRemedy(calendar, [...calendars.keys()], 'calendars')}`,
    );
  const asked = rules.flatMap(({ formula }) => (formula === null ? [] : variablesOf(logicOf(formula))));
  const matters = asked.some(
    (one) =>
      one.about === 'closed' &&
      (calendar === undefined || one.calendar === null || one.calendar === calendar),
  );
  if (!matters)
    tell(
      `No rule asks for ${calendar === undefined ? 'a calendar' : `the calendar "${calendar}"`} or closed-today, so nothing changes for callers.`,
    );
}

function notClosed(calendar: string | undefined): string {
  return calendar === undefined
    ? 'nothing is closed by hand'
    : `"${calendar}" is not closed by hand; gatehouse close --list shows what is`;
}

function withClosures<T>(
  { redis: url }: CloseOptions,
  use: (closures: RedisClosures) => Promise<T>,
  connect: typeof withRedis<T> = withRedis,
): Promise<T> {
  return connect(url, 'close', (redis) => use(new RedisClosures(redis)), redisCommandMs);
}
