import { DateTime } from 'luxon';
import type { CountRow } from '../call-records.ts';
import type { TimeRange } from './time-range.ts';

/** Calls by value in one step of a picture. */
export interface Step {
  /** Epoch ms of its start. */
  readonly at: number;
  readonly calls: ReadonlyMap<string, number>;
}

export interface Series {
  readonly size: 'hour' | 'day' | 'week';
  /** Without gaps, in order. */
  readonly steps: readonly Step[];
}

const dayMs = 86_400_000;

/** Total by value, most calls first. */
export function totals(rows: readonly CountRow[]): { readonly value: string; readonly calls: number }[] {
  const sums = new Map<string, number>();
  for (const { value, calls } of rows) sums.set(value, (sums.get(value) ?? 0) + calls);
  return [...sums]
    .map(([value, calls]) => ({ value, calls }))
    .sort((a, b) => b.calls - a.calls || (a.value < b.value ? -1 : 1));
}

export function sum(rows: readonly { readonly calls: number }[]): number {
  return rows.reduce((all, { calls }) => all + calls, 0);
}

/** Steps that people can tell apart: hours up to three days, then local days, then weeks (above 120 days). */
export function series(rows: readonly CountRow[], range: TimeRange): Series {
  const length = range.until - range.since;
  const size = length <= 3 * dayMs ? 'hour' : length <= 120 * dayMs ? 'day' : 'week';
  // Days were counted in UTC; hours are put together to local days.
  const zone = range.step === 'day' ? 'utc' : 'default';
  const steps = new Map<number, Map<string, number>>();
  let at = DateTime.fromMillis(range.since, { zone }).startOf(size);
  while (at.toMillis() < range.until) {
    steps.set(at.toMillis(), new Map());
    // Adding an hour to local time goes wrong where clocks are put back; the exact hour does not.
    at = size === 'hour' ? DateTime.fromMillis(at.toMillis() + 3_600_000, { zone }) : at.plus({ [size]: 1 });
  }
  for (const row of rows) {
    const step = steps.get(DateTime.fromMillis(row.at, { zone }).startOf(size).toMillis());
    if (step !== undefined) step.set(row.value, (step.get(row.value) ?? 0) + row.calls);
  }
  return { size, steps: [...steps].map(([start, calls]) => ({ at: start, calls })) };
}

/** Which hours of the week a range of time has, as `weekday * 24 + hour` (0 Monday), local. */
export function hoursIn({ since, until }: Pick<TimeRange, 'since' | 'until'>): ReadonlySet<number> {
  const hours = new Set<number>();
  for (let at = since; at < until; at += 3_600_000) {
    const local = DateTime.fromMillis(at);
    hours.add((local.weekday - 1) * 24 + local.hour);
  }
  return hours;
}

/** Calls by weekday (0 Monday) and hour of the day, both local. */
export function hoursOfWeek(rows: readonly CountRow[]): number[][] {
  const week = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { at, calls } of rows) {
    const local = DateTime.fromMillis(at);
    const day = week[local.weekday - 1];
    if (day !== undefined) day[local.hour] = (day[local.hour] ?? 0) + calls;
  }
  return week;
}
