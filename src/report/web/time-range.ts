import { DateTime } from 'luxon';
import { pointInTime } from '../../text/point-in-time.ts';

const dayMs = 86_400_000;
/** The longest retention (GATEHOUSE_RETENTION_DAYS). */
const longestDays = 3650;

/** A time range as an address or a person writes it. */
export interface RangeQuery {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

export interface TimeRange {
  /** Epoch ms: from `since`, before `until`. */
  readonly since: number;
  readonly until: number;
  /** What the address says, to be carried over to other pages. */
  readonly query: { readonly since?: string; readonly until?: string };
  /** Why the range that was typed cannot be used; nothing is shown then. Null: it can. */
  readonly problem: string | null;
}

/** What can be chosen with one press. */
export const quickRanges: readonly {
  readonly since: string;
  readonly until?: string;
  readonly words: string;
}[] = [
  { since: 'today', words: 'Today' },
  { since: 'yesterday', until: 'today', words: 'Yesterday' },
  { since: 'last-week', until: 'this-week', words: 'Last week' },
  { since: '6h', words: '6 hours' },
  { since: '24h', words: '24 hours' },
  { since: '7d', words: '7 days' },
  { since: '30d', words: '30 days' },
  { since: '90d', words: '90 days' },
];

export const usualSince = '24h';

/** `?since=…&until=…` as `gatehouse report` takes them (24h, 7d, yesterday, an ISO 8601 time), to the millisecond. */
export function timeRange(query: RangeQuery, now: number): TimeRange {
  const since = pointInTime(query.since ?? usualSince, now);
  const until = query.until === undefined ? now : pointInTime(query.until, now);
  const problem = problemOf(since, until);
  const range = problem === null && since !== null && until !== null ? { since, until } : nothing(now);
  return { ...range, query: given(query), problem };
}

function problemOf(since: number | null, until: number | null): string | null {
  if (since === null || until === null)
    return 'Invalid time. Use a duration such as 24h or 7d, a word such as yesterday or last-week, or a time such as 2027-03-31T09:00.';
  if (since >= until) return 'The time range ends before it starts.';
  if (until - since > longestDays * dayMs) return `The longest time range is ${longestDays} days.`;
  return null;
}

const nothing = (now: number) => ({ since: now, until: now });

function given({ since, until }: RangeQuery): TimeRange['query'] {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

/** `since` or `until` in the local zone, to the minute, as addresses and the form have it. */
export function localInput(at: number): string {
  return DateTime.fromMillis(at).toFormat("yyyy-MM-dd'T'HH:mm");
}
