import { Command } from 'commander';
import { attackLevels } from '../../call/vocabulary.ts';
import { levelsIn, RedisLevelsByHand } from '../../history/levels-by-hand.ts';
import { plainWhy } from '../../history/redis-expected-calls.ts';
import type { LevelByHand, LevelScope, LevelsNow } from '../../levels/level-state.ts';
import { levelLines } from '../../levels/level-words.ts';
import { toE164 } from '../../numbers/phone-number.ts';
import type { Policy } from '../../policy/policy.ts';
import { variablesIn } from '../../policy/proof/theory.ts';
import { levelWriting } from '../../terminal/level-writing.ts';
import { tell } from '../../terminal/screen.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { calledNames } from '../command/called-names.ts';
import { type JsonFields, withJsonOption } from '../command/json-option.ts';
import {
  timeAhead,
  timesAhead,
  withListsOption,
  withRedisOption,
  withRulesOption,
} from '../command/options.ts';
import { auditDone, userName } from '../command/printed-numbers.ts';
import { withRedis, withRedisWrite } from '../command/redis.ts';
import { CommandError, run } from '../command/run.ts';
import { policyInFiles, showResult } from './rules-and-results.ts';

const redisCommandMs = 5_000;
const maxDays = 7;
const surgeWords = ['call-back-surge', 'no-call-back-surge'] as const;
const words = [...attackLevels.words, ...surgeWords, 'auto'];

/** Of what is shown, of what is set, and of what is ended. */
const fields: readonly (keyof LevelsNow | keyof LevelByHand | 'ended')[] = [
  ...(['levels', 'surges', 'scope', 'say', 'since', 'until', 'by', 'reason', 'ended'] as const),
];

interface LevelOptions {
  readonly for?: string;
  readonly of?: string;
  readonly reason?: string;
  readonly showNumbers?: true;
  readonly json?: JsonFields;
  readonly rules?: string;
  readonly data?: string;
  readonly redis?: string;
}

/**
 * `gatehouse level`: shows attack levels; `level attack --for 2h` sets one by hand for a time, `level auto` ends that. Error codes:
 * `level`, `for`, `of`, `not-by-hand`, `too-many-levels`.
 */
export function levelCommand(): Command {
  const command = new Command('level')
    .description(
      'show attack levels, or set one by hand for a time; the rules say what that means for callers',
    )
    .argument(
      '[level]',
      `${attackLevels.words.join(', ')}; ${surgeWords[0]}: the number of --of was forged and people call it back (${surgeWords[1]}: it was not); auto: as Gatehouse finds it`,
    )
    .option('--for <time>', `how long: ${timesAhead}; at most ${maxDays} days`)
    .option('--of <list or number>', 'a list of called numbers, or a called number (default: everything)')
    .option('--reason <text>', 'reason, for others')
    .option('--show-numbers', 'do not mask called numbers');
  withJsonOption(command, 'one JSON object', fields);
  return withRedisOption(withListsOption(withRulesOption(command))).action(
    (level: string | undefined, options: LevelOptions, self: Command) =>
      run(self, () => {
        if (level === undefined) return show(options);
        return level === 'auto' ? endByHand(options) : setByHand(level, options, Date.now());
      }),
  );
}

async function show(options: LevelOptions): Promise<void> {
  const now = Date.now();
  const levels = await withRedis(options.redis, 'level', (redis) => levelsIn(redis, now), redisCommandMs);
  const lines = levelLines(levels, levelWriting(options.showNumbers === true, await calledNames(options)));
  await showResult(options, levels, lines.length === 0 ? 'All is calm.' : lines.join('\n'));
}

async function setByHand(level: string, options: LevelOptions, now: number): Promise<void> {
  const isSurge = (surgeWords as readonly string[]).includes(level);
  if (!isSurge && !attackLevels.has(level))
    throw new CommandError(
      'level',
      `there is no level ${JSON.stringify(level)}; ${wordRemedy(level, words, 'levels')}`,
    );
  const policy = await policyInFiles(options);
  if (policy === null) tell('The rules cannot be read, so it is not checked what they ask for.');
  const scope = wantedScope(options.of, policy);
  if (isSurge && !scope.startsWith('+'))
    throw new CommandError('of', 'a call-back surge is of a called number: --of NUMBER');
  if (policy !== null && !isAsked(policy, isSurge))
    tell(`No rule asks for ${isSurge ? 'a call-back surge' : 'a level'}, so nothing changes for callers.`);
  const said: LevelByHand = {
    scope,
    say: level as LevelByHand['say'],
    since: now,
    until: wantedEnd(options.for, now, policy?.settings.timeZone ?? 'default'),
    by: userName(),
    reason: plainWhy(options.reason ?? ''),
  };
  await withLevels(options, (levels) => levels.set(said, now), withRedisWrite);
  await noted(`${level} of ${scope} until ${new Date(said.until).toISOString()}: ${said.reason}`);
  const { time, number } = levelWriting(options.showNumbers === true, await calledNames(options));
  const of =
    scope === 'board' ? 'everything' : scope.startsWith('list:') ? `list ${scope.slice(5)}` : number(scope);
  await showResult(
    options,
    said,
    `Set by hand until ${time(said.until)}: ${level}, of ${of}.\nEvery node follows within seconds.`,
  );
}

async function endByHand(options: LevelOptions): Promise<void> {
  const policy = options.of === undefined ? null : await policyInFiles(options);
  const scope = options.of === undefined ? null : wantedScope(options.of, policy);
  const ended = await withLevels(options, (levels) => levels.end(scope, Date.now()), withRedisWrite);
  if (ended.length === 0) throw new CommandError('not-by-hand', 'no such level is set by hand');
  for (const { say, scope: of } of ended) await noted(`${say} of ${of}: ended`);
  await showResult(options, { ended }, `No longer set by hand: ${ended.map(({ say }) => say).join(', ')}.`);
}

function noted(detail: string): Promise<void> {
  return auditDone({ event: 'level', route: 'gatehouse level', detail });
}

/** @throws CommandError `of` */
function wantedScope(of: string | undefined, policy: Policy | null): LevelScope {
  if (of === undefined || of === 'board') return 'board';
  if (/^[a-z][a-z0-9-]{0,47}$/.test(of)) {
    if (policy !== null && !policy.departments.includes(of))
      throw new CommandError(
        'of',
        `no rule asks for called numbers of a list "${of}"; ${wordRemedy(of, policy.departments, 'lists')}`,
      );
    return `list:${of}`;
  }
  const number = toE164(of, policy?.settings.defaultRegion ?? 'US');
  if (number === null)
    throw new CommandError('of', `--of ${JSON.stringify(of)} is neither a list nor a number`);
  return number as LevelScope;
}

function isAsked({ rules }: Policy, isSurge: boolean): boolean {
  const wanted = isSurge ? 'call-back-surge' : 'level';
  return rules.some(({ formula }) => variablesIn(formula).some(({ about }) => about === wanted));
}

/** @throws CommandError `for` */
function wantedEnd(text: string | undefined, now: number, zone: string): number {
  if (text === undefined)
    throw new CommandError('for', 'say how long: --for 2h, or --for 17:00; it ends by itself then');
  return timeAhead('for', text, now, { maxDays, zone });
}

function withLevels<T>(
  { redis: url }: LevelOptions,
  use: (levels: RedisLevelsByHand) => Promise<T>,
  connect: typeof withRedis<T>,
): Promise<T> {
  return connect(url, 'level', (redis) => use(new RedisLevelsByHand(redis)), redisCommandMs);
}
