import { DateTime } from 'luxon';

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Where a named day, week (from Monday) or month begins. */
const namedStarts: Readonly<Record<string, (now: DateTime) => DateTime>> = {
  today: (now) => now.startOf('day'),
  yesterday: (now) => now.minus({ days: 1 }).startOf('day'),
  'this-week': (now) => now.startOf('week'),
  'last-week': (now) => now.minus({ weeks: 1 }).startOf('week'),
  'this-month': (now) => now.startOf('month'),
  'last-month': (now) => now.minus({ months: 1 }).startOf('month'),
};

/**
 * A point in time for `--since` and `--until`, epoch ms: `24h`, `7d` or `30m` before `now`; `today`, `yesterday`, `this-week`,
 * `last-week`, `this-month` or `last-month` (its beginning); or an ISO 8601 date or time. Without a zone it is local. Null when it
 * is none of them.
 */
export function pointInTime(text: string, now: number): number | null {
  const ago = duration(text);
  if (ago !== null) return now - ago;
  const named = Object.hasOwn(namedStarts, text) ? namedStarts[text] : undefined;
  if (named !== undefined) return named(DateTime.fromMillis(now)).toMillis();
  // To ISO 8601 a bare number is a year or an hour, to people a forgotten unit.
  return /^\d{4}-\d{2}/.test(text) ? (isoTime(text)?.toMillis() ?? null) : null;
}

/**
 * A point in time to come, epoch ms: `30m`, `8h` or `5d` after `now`, or an ISO 8601 date or time as above; a date alone
 * means the end of that day; or `17:00` of today. Null when it is none of them.
 * @param zone IANA, of times without one
 */
export function pointAhead(text: string, now: number, zone = 'default'): number | null {
  const ahead = duration(text);
  if (ahead !== null) return now + ahead;
  if (/^\d{1,2}:\d{2}$/.test(text)) {
    const today = DateTime.fromMillis(now, { zone }).toISODate();
    return isoTime(`${today}T${text.padStart(5, '0')}`, zone)?.toMillis() ?? null;
  }
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? isoTime(text, zone) : null;
  if (at === null) return null;
  return (text.length === 10 ? at.endOf('day') : at).toMillis();
}

function duration(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,5})([dhm])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (unitMs[unit] ?? 0);
}

function isoTime(text: string, zone = 'default'): DateTime | null {
  const at = DateTime.fromISO(text, { zone });
  return at.isValid ? at : null;
}
