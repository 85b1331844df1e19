import { DateTime } from 'luxon';

/** Minutes after midnight; from later than to: over midnight. `toMinute` itself is not quiet. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** @param at epoch ms  @param zone IANA name, or `local` */
export function isQuiet(at: number, hours: QuietHours | null, zone: string): boolean {
  if (hours === null) return false;
  const { hour, minute } = DateTime.fromMillis(at, { zone });
  const now = hour * 60 + minute;
  const { fromMinute, toMinute } = hours;
  return fromMinute < toMinute ? now >= fromMinute && now < toMinute : now >= fromMinute || now < toMinute;
}

/**
 * The next time at which a digest is due, after `at`: every day, or on Mondays, at that minute of the wall clock. A time
 * that a change of clocks skips comes when the clock has gone on.
 */
export function nextDigest(at: number, every: 'daily' | 'weekly', minute: number, zone: string): number {
  const start = DateTime.fromMillis(at, { zone }).startOf('day');
  for (let days = 0; days <= 8; days++) {
    const day = start.plus({ days });
    const due = day.set({ hour: Math.floor(minute / 60), minute: minute % 60 });
    if (due.toMillis() > at && (every === 'daily' || day.weekday === 1)) return due.toMillis();
  }
  throw new RangeError('no Monday within nine days');
}
