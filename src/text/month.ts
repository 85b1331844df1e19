import { DateTime } from 'luxon';

export interface Month {
  /** `2026-10`. */
  readonly month: string;
  /** Epoch ms: from `since`, before `until`, which is now while the month goes on. */
  readonly since: number;
  readonly until: number;
  readonly isOver: boolean;
}

/** `2026-10` by the clock of `zone` (IANA, `local` or `default`); null: no month, or one to come. `now`: epoch ms. */
export function monthOf(text: string, now: number, zone = 'default'): Month | null {
  if (!/^\d{4}-(?:0[1-9]|1[0-2])$/.test(text)) return null;
  const start = DateTime.fromISO(`${text}-01`, { zone });
  if (!start.isValid || start.toMillis() > now) return null;
  const end = start.plus({ months: 1 }).toMillis();
  return { month: text, since: start.toMillis(), until: Math.min(end, now), isOver: end <= now };
}

/** `2026-10`, so many months after `text`. */
export function monthAfter(text: string, months: number): string {
  return DateTime.fromISO(`${text}-01`).plus({ months }).toFormat('yyyy-MM');
}

/** The last month that is over. */
export function lastMonth(now: number, zone = 'default'): string {
  return DateTime.fromMillis(now, { zone }).minus({ months: 1 }).toFormat('yyyy-MM');
}

/** `October 2026`. */
export function monthWords(text: string): string {
  return DateTime.fromISO(`${text}-01`).setLocale('en-GB').toFormat('LLLL yyyy');
}
