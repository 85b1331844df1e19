import { DateTime } from 'luxon';
import type { HourOfWeek, StepCount } from '../../call/call-records.ts';
import type { TimeRange } from './time-range.ts';

/** Calls by value in one step of a picture. */
export interface Step {
  /** Epoch ms of its start, and of that of the next. */
  readonly at: number;
  readonly until: number;
  readonly calls: ReadonlyMap<string, number>;
}

export interface Series {
  readonly size: 'hour' | 'day' | 'week';
  /** Without gaps, in order. */
  readonly steps: readonly Step[];
}

const dayMs = 86_400_000;
/** Zones differ from UTC by whole quarters of an hour. */
const quarterMs = 900_000;

export function sum(rows: readonly { readonly calls: number }[]): number {
  return rows.reduce((all, { calls }) => all + calls, 0);
}

export interface StepStarts {
  readonly size: Series['size'];
  /** Epoch ms, without gaps, in order. */
  readonly starts: readonly number[];
  /** End of the last. */
  readonly end: number;
}

/** Steps that people can tell apart: hours up to three days, then local days, then weeks (above 120 days). */
export function stepsOf({ since, until }: Pick<TimeRange, 'since' | 'until'>): StepStarts {
  const length = until - since;
  const size = length <= 3 * dayMs ? 'hour' : length <= 120 * dayMs ? 'day' : 'week';
  const starts: number[] = [];
  let at = DateTime.fromMillis(since).startOf(size);
  while (at.toMillis() < until) {
    starts.push(at.toMillis());
    // Adding an hour to local time goes wrong where clocks are put back; the exact hour does not.
    at = size === 'hour' ? DateTime.fromMillis(at.toMillis() + 3_600_000) : at.plus({ [size]: 1 });
  }
  return { size, starts, end: at.toMillis() };
}

export function series(rows: readonly StepCount[], { size, starts, end }: StepStarts): Series {
  const steps = new Map(starts.map((at) => [at, new Map<string, number>()]));
  for (const { at, value, calls } of rows) steps.get(at)?.set(value, calls);
  return {
    size,
    steps: [...steps].map(([at, calls], place) => ({ at, until: starts[place + 1] ?? end, calls })),
  };
}

/** Which hours of the week a range of time has, as `weekday * 24 + hour` (0 Monday), local. */
export function hoursIn({ since, until }: Pick<TimeRange, 'since' | 'until'>): ReadonlySet<number> {
  const hours = new Set<number>();
  for (let at = Math.floor(since / quarterMs) * quarterMs; at < until; at += quarterMs) {
    const local = DateTime.fromMillis(at);
    hours.add((local.weekday - 1) * 24 + local.hour);
  }
  return hours;
}

/** Calls by weekday (0 Monday) and hour of the day. */
export function weekOf(hours: readonly HourOfWeek[]): number[][] {
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { weekday, hour, calls } of hours) {
    const day = week[weekday];
    if (day !== undefined) day[hour] = calls;
  }
  return week;
}
