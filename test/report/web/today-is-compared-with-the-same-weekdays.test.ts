import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import type { StepCount } from '../../../src/call/call-records.ts';
import { daysBefore, todayOf, todayRange } from '../../../src/report/web/now/today.ts';

const quarterMs = 900_000;
/** A Monday, 10:37:30 where we are. */
const now = DateTime.local(2026, 11, 23, 10, 37, 30).toMillis();
const { since: midnight } = todayRange(now);

/** So many calls in each quarter from 08:00 to 18:00. */
function day(
  start: number,
  perQuarter: number,
  value = 'reached',
  until = Number.POSITIVE_INFINITY,
): StepCount[] {
  return Array.from({ length: 40 }, (_, quarter) => ({
    ...{ at: start + (32 + quarter) * quarterMs, value, calls: perQuarter },
  })).filter(({ at }) => at < until);
}

function mondays(...perQuarter: readonly number[]): StepCount[] {
  const days = daysBefore(now);
  return perQuarter.flatMap((calls, week) => day(days[week]?.since ?? 0, calls));
}

test('the days before are Mondays, from midnight to midnight', () => {
  for (const { since, until } of daysBefore(now)) {
    const start = DateTime.fromMillis(since);
    expect([start.weekday, start.hour, start.minute]).toEqual([1, 0, 0]);
    expect(DateTime.fromMillis(until).toISO()).toBe(start.plus({ days: 1 }).toISO());
  }
});

test('figures so far, and the median of the same days up to this time of day', () => {
  const today = [
    ...day(midnight, 5, 'reached', now),
    ...day(midnight, 2, 'stopped', now),
    ...day(midnight, 1, 'harmed', now),
    { at: midnight + 36 * quarterMs, value: 'people', calls: 3 },
  ];
  const { figures, weeks, weekday } = todayOf(today, mondays(4, 5, 6, 40), now);
  expect([weeks, weekday]).toEqual([4, 'Monday']);
  // Ten whole quarters since 08:00, and half of the one that is on.
  expect(figures.calls).toMatchObject({ now: 88, usual: 5.5 * 10.5 });
  expect(figures.stopped.now).toBe(22);
  expect(figures.minutes.now).toBeCloseTo((22 * 25) / 60);
  // People are not calls.
  expect(figures.people.now).toBe(3);
  expect(figures.reached).toMatchObject({ now: 55, usual: 5.5 * 10.5 });
  expect(figures.calls.hours.slice(7, 12)).toEqual([0, 32, 32, 24, 0]);
  expect(figures.calls.usualHours?.slice(16, 19)).toEqual([22, 22, 0]);
});

test('too few weeks, or none that are known yet, say nothing of what is usual', () => {
  for (const before of [null, [], mondays(5, 5)]) {
    const { figures, lastHour } = todayOf(day(midnight, 500, 'reached', now), before, now);
    expect(figures.calls).toMatchObject({ usual: null, usualHours: null });
    expect(lastHour).toMatchObject({ usual: null, verdict: 'unknown' });
  }
});

test.each([
  ['an ordinary Monday', 12, 'ordinary'],
  ['twice as busy, more than on any of them', 24, 'ordinary'],
  ['four times as many', 48, 'high'],
  ['hardly any', 1, 'low'],
])('the last hour: %s', (_, perQuarter, verdict) => {
  const before = mondays(10, 12, 13, 11, 16, 12, 12, 12);
  const { lastHour } = todayOf(day(midnight, perQuarter, 'reached', now), before, now);
  expect(lastHour.verdict).toBe(verdict);
  expect(lastHour.usual).toEqual({ median: 12 * 3.5, least: 35, most: 56 });
  expect(lastHour.since).toBe(midnight + 39 * quarterMs);
});

test('a small switchboard is not unusual because three call instead of one', () => {
  const { lastHour } = todayOf(day(midnight, 3, 'reached', now), mondays(0.25, 0.25, 0.25), now);
  expect(lastHour.verdict).toBe('ordinary');
  expect(todayOf([], mondays(1, 1, 1), now).lastHour.verdict).toBe('ordinary');
});
