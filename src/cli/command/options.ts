import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { defaultWords, settingText } from '../../config/read-setting.ts';
import { pointAhead, pointInTime } from '../../text/point-in-time.ts';
import { CommandError } from './run.ts';

export interface RangeOptions {
  readonly since: string;
  readonly until?: string;
}

/** The default may hold a password, so help does not print it. */
export function withRedisOption(command: Command): Command {
  return command.option('--redis <url>', `address of Redis (${defaultWords('GATEHOUSE_REDIS_URL')})`);
}

export function withRulesOption(command: Command, what = 'directory of the rule files'): Command {
  return command.option('--rules <dir>', `${what} (${defaultWords('GATEHOUSE_RULES')})`);
}

/** For commands that read the lists of the running Gatehouse. */
export function withListsOption(command: Command, fallback = 'default: $GATEHOUSE_DATA'): Command {
  return command.option('--data <dir>', `data directory of the running Gatehouse (${fallback})`);
}

export function withRangeOptions(command: Command, since: string): Command {
  return command
    .option('--since <when>', `start: ${timeForms}`, since)
    .option('--until <when>', 'end, in the same form (default: now)');
}

/** How a time of the past is written. */
export const timeForms =
  '30m, 24h or 7d ago, today, yesterday, last-week, last-month, 08:00, or 2026-03-01T08:00';

/** What `--show-numbers` does where numbers are those of people. */
export const showsNumbers = 'do not mask numbers; the view is recorded in the audit log';

/** What `--csv` does. */
export const spreadsheet = 'for spreadsheets; numbers as tel:+…, formulas disabled';

/** Epoch ms. @throws CommandError `time-range` */
export function timeRange({ since, until }: RangeOptions): { since: number; until: number } {
  const now = Date.now();
  return { since: timeOf('--since', since, now), until: timeOf('--until', until, now) };
}

/** Epoch ms; now when the option is left out. @param zone IANA, of times without one @throws CommandError `time-range` */
export function timeOf(option: string, text: string | undefined, now = Date.now(), zone = 'default'): number {
  const at = text === undefined ? now : pointInTime(text, now, zone);
  if (at !== null) return at;
  throw new CommandError('time-range', `${option} ${JSON.stringify(text)}: write ${timeForms}`);
}

export interface TimeAhead {
  readonly maxDays: number;
  /** What to do for longer; left out: nothing. */
  readonly instead?: string;
  /** IANA, of times without one. */
  readonly zone?: string;
}

/** How a time to come is written. */
export const timesAhead = '30m, 8h, 5d, 17:00, today, tomorrow, this-week, or a date and time';

/** Epoch ms. @throws CommandError `until` or `for`, the name of the option */
export function timeAhead(
  name: 'until' | 'for',
  text: string,
  now: number,
  { maxDays, instead, zone = 'default' }: TimeAhead,
): number {
  const at = pointAhead(text, now, zone);
  const refused = (why: string) => new CommandError(name, `--${name} ${JSON.stringify(text)}${why}`);
  if (at === null) throw refused(`: write ${timesAhead}`);
  if (at <= now) throw refused(' is in the past');
  if (at > now + maxDays * 86_400_000)
    throw refused(`: at most ${maxDays} days${instead === undefined ? '' : `; ${instead}`}`);
  return at;
}

/** An option that is a whole number from 1 on. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 to 9999999.');
  return Number(text);
}

/** Where the running Gatehouse keeps lists; null when no data directory is named. */
export function listsDir(data: string | undefined): string | null {
  const dir = data ?? (process.env.GATEHOUSE_DATA || null);
  return dir === null ? null : join(dir, 'lists');
}

export const dataDir = (given?: string) => settingText('GATEHOUSE_DATA', given);
export const rulesDir = (given?: string) => settingText('GATEHOUSE_RULES', given);
