import { DateTime } from 'luxon';
import { pointInTime } from '../../text/point-in-time.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The longest retention (GATEHOUSE_RETENTION_DAYS). */
const longestDays = 3650;

export interface TimeRange {
  /** Epoch ms, whole hours: from `since`, before `until`. */
  readonly since: number;
  readonly until: number;
  /** What the address says, to be carried over to other pages. */
  readonly query: { readonly since?: string; readonly until?: string };
  /** Why the requested range was not used; null: it was. */
  readonly problem: string | null;
}

/** What can be chosen with one press. */
export const quickRanges: readonly { readonly since: string; readonly words: string }[] = [
  { since: '6h', words: '6 hours' },
  { since: '24h', words: '24 hours' },
  { since: '7d', words: '7 days' },
  { since: '30d', words: '30 days' },
  { since: '90d', words: '90 days' },
];

const usual = '24h';

/**
 * `?since=…&until=…` as `gatehouse report` takes them (24h, 7d, an ISO 8601 time), widened to whole hours. What cannot be read is answered with the last 24 hours and a problem in words.
 */
export function timeRange(
  query: { readonly since?: string | undefined; readonly until?: string | undefined },
  now: number,
): TimeRange {
  const since = pointInTime(query.since ?? usual, now);
  const until = query.until === undefined ? now : pointInTime(query.until, now);
  const problem = problemOf(since, until);
  if (problem !== null || since === null || until === null)
    return { ...aligned(now - dayMs, now), query: {}, problem };
  return { ...aligned(since, until), query: given(query), problem: null };
}

function problemOf(since: number | null, until: number | null): string | null {
  if (since === null || until === null)
    return 'Invalid time. Use a duration such as 24h or 7d, or a time such as 2027-03-31T09:00.';
  if (since >= until) return 'The time range ends before it starts.';
  if (until - since > longestDays * dayMs) return `The longest time range is ${longestDays} days.`;
  return null;
}

function aligned(since: number, until: number): Pick<TimeRange, 'since' | 'until'> {
  return { since: Math.floor(since / hourMs) * hourMs, until: Math.ceil(until / hourMs) * hourMs };
}

function given(query: { readonly since?: string | undefined; readonly until?: string | undefined }) {
  return {
    ...(query.since === undefined ? {} : { since: query.since }),
    ...(query.until === undefined ? {} : { until: query.until }),
  };
}

/** `since` and `until` of the form for a time of one's own, as an input of type datetime-local takes them. */
export function localInput(at: number): string {
  return DateTime.fromMillis(at).toFormat("yyyy-MM-dd'T'HH:mm");
}
