import type { CallRecords, CountDimension, CountRow } from '../call-records.ts';
import type { TimeRange } from './time-range.ts';

const dayMs = 86_400_000;

/**
 * Counts of a whole range, for totals: whole UTC days by the day, only what is left at both ends by the hour. A month of
 * hours of every called number would be a hundred times as many rows.
 */
export async function countsIn(
  records: CallRecords,
  dimension: CountDimension,
  { since, until, step }: Pick<TimeRange, 'since' | 'until' | 'step'>,
): Promise<readonly CountRow[]> {
  const firstDay = Math.ceil(since / dayMs) * dayMs;
  const lastDay = Math.floor(until / dayMs) * dayMs;
  if (step === 'day' || lastDay <= firstDay) return records.counts(dimension, { since, until, step });
  const parts = await Promise.all([
    since < firstDay ? records.counts(dimension, { since, until: firstDay, step: 'hour' }) : [],
    records.counts(dimension, { since: firstDay, until: lastDay, step: 'day' }),
    lastDay < until ? records.counts(dimension, { since: lastDay, until, step: 'hour' }) : [],
  ]);
  return parts.flat();
}
