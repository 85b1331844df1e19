import { DateTime } from 'luxon';

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/**
 * A point in time for `--since` and `--until`, epoch ms: so long before `now` (`24h`, `7d`, `30m`), or an ISO 8601
 * date or time, local when it names no zone. Null when it is neither.
 */
export function pointInTime(text: string, now: number): number | null {
  const ago = /^(\d{1,5})([dhm])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (unitMs[ago[2] ?? ''] ?? 0);
  const at = DateTime.fromISO(text);
  // A bare number is a year or an hour to ISO 8601, and a forgotten unit to a person.
  return at.isValid && /^\d{4}-\d{2}/.test(text) ? at.toMillis() : null;
}
