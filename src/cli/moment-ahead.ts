import { DateTime } from 'luxon';

const unitMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/**
 * A point in time that is to come, epoch ms: so long after `now` (`30m`, `8h`, `5d`), or an ISO 8601 date or time, local
 * when it names no zone; a date alone is over when its day is. Null when it is neither.
 */
export function momentAhead(text: string, now: number): number | null {
  const ahead = /^(\d{1,5})([dhm])$/.exec(text);
  if (ahead !== null) return now + Number(ahead[1]) * (unitMs[ahead[2] ?? ''] ?? 0);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const at = DateTime.fromISO(text);
  if (!at.isValid) return null;
  return (text.length === 10 ? at.endOf('day') : at).toMillis();
}
