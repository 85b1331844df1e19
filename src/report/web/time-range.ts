import { DateTime } from 'luxon';
import { pointInTime } from '../since.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const longestMs = 400 * dayMs;
/** Longer ranges are counted by whole UTC days: the hours of a year are too many to fetch for one picture. */
const longestByHourMs = 35 * dayMs;

export interface TimeRange {
  /** Epoch ms, whole steps: from `since`, before `until`. */
  readonly since: number;
  readonly until: number;
  /** How counts are asked for. */
  readonly step: 'hour' | 'day';
  /** What the address says, to be carried over to other pages. */
  readonly query: { readonly since?: string; readonly until?: string };
  /** Why what was asked for was not taken; null: it was. */
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
 * `?since=…&until=…` as `gatehouse report` takes them (24h, 7d, an ISO 8601 time), widened to whole hours, or whole UTC days
 * above 35 days. What cannot be read is answered with the last 24 hours and a problem in words.
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
    return 'The time asked for cannot be read. Write a duration such as 24h or 7d, or a time such as 2027-03-31T09:00.';
  if (since >= until) return 'The time asked for ends before it begins.';
  if (until - since > longestMs) return 'At most 400 days can be shown at once.';
  return null;
}

function aligned(since: number, until: number): Pick<TimeRange, 'since' | 'until' | 'step'> {
  const step = until - since > longestByHourMs ? 'day' : 'hour';
  const stepMs = step === 'day' ? dayMs : hourMs;
  return { since: Math.floor(since / stepMs) * stepMs, until: Math.ceil(until / stepMs) * stepMs, step };
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
