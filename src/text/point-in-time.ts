import { DateTime } from 'luxon';

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Days, weeks (from Monday) and months that have a name, and how far they are from this one. */
const named: Readonly<Record<string, readonly [Unit, number]>> = {
  today: ['day', 0],
  yesterday: ['day', -1],
  tomorrow: ['day', 1],
  'this-week': ['week', 0],
  'last-week': ['week', -1],
  'this-month': ['month', 0],
  'last-month': ['month', -1],
};

/**
 * A point in time for `--since` and `--until`, epoch ms: `24h`, `7d` or `30m` before `now`; `today`, `yesterday`, `this-week`,
 * `last-week` (or `last week`), `this-month` or `last-month`, its beginning; `08:00` of today; or an ISO 8601 date or time. Null
 * when it is none of them. @param zone IANA, of times without one
 */
export function pointInTime(text: string, now: number, zone = 'default'): number | null {
  const ago = duration(text);
  return ago === null ? written(text, now, zone, startOf) : now - ago;
}

/**
 * A point in time to come, epoch ms: `30m`, `8h` or `5d` after `now`, or written as above; a day, week or month means its end.
 * Null when it is none of them. @param zone IANA, of times without one
 */
export function pointAhead(text: string, now: number, zone = 'default'): number | null {
  const ahead = duration(text);
  return ahead === null ? written(text, now, zone, endOf) : now + ahead;
}

type Unit = 'day' | 'week' | 'month';
type Edge = (at: DateTime, unit: Unit) => number;

/** Where clocks are set back at midnight a day begins with the first of two. */
const startOf: Edge = (at, unit) => at.startOf(unit).getPossibleOffsets()[0]?.toMillis() ?? Number.NaN;
const endOf: Edge = (at, unit) => startOf(at.plus({ [unit]: 1 }), unit) - 1;

function written(text: string, now: number, zone: string, edge: Edge): number | null {
  const here = DateTime.fromMillis(now, { zone });
  const word = text.trim().toLowerCase().replace(/\s+/g, '-');
  const [unit, from] = (Object.hasOwn(named, word) ? named[word] : undefined) ?? [];
  if (unit !== undefined) return edge(here.plus({ [unit]: from }), unit);
  if (/^\d{1,2}:\d{2}$/.test(text)) {
    const at = DateTime.fromISO(`${here.toISODate()}T${text.padStart(5, '0')}`, { zone });
    // When the clock is set back a time comes twice.
    const twice = at.isValid ? at.getPossibleOffsets() : [];
    return ((edge === endOf && twice.find((one) => one.toMillis() > now)) || twice[0])?.toMillis() ?? null;
  }
  // To ISO 8601 a bare number is a year or an hour, to people a forgotten unit.
  if (!/^\d{4}-\d{2}/.test(text)) return null;
  const at = DateTime.fromISO(text, { zone });
  if (!at.isValid) return null;
  if (text.length === 7) return edge(at, 'month');
  return text.length === 10 ? edge(at, 'day') : at.toMillis();
}

function duration(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,5})([dhm])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (unitMs[unit] ?? 0);
}
