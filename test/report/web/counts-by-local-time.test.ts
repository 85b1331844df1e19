import { DateTime, Settings } from 'luxon';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stepAddress } from '../../../src/report/web/address.ts';
import { series, stepsOf } from '../../../src/report/web/counted.ts';
import { timeRange } from '../../../src/report/web/time-range.ts';

const zone = Settings.defaultZone;
beforeEach(() => {
  Settings.defaultZone = 'America/Indiana/Indianapolis';
});
afterEach(() => {
  Settings.defaultZone = zone;
});

const hourMs = 3_600_000;
const noon = Date.UTC(2026, 2, 10, 16, 20);

test('a range is as long as it says, to the millisecond', () => {
  for (const hours of [6, 24, 7 * 24, 90 * 24])
    expect(timeRange({ since: `${hours}h` }, noon + 123)).toMatchObject({
      ...{ since: noon + 123 - hours * hourMs, until: noon + 123, problem: null },
    });
  const quarter = timeRange({ since: '2026-03-09T15:35', until: '2026-03-09T15:45' }, noon);
  expect([quarter.since, quarter.until]).toEqual([
    Date.UTC(2026, 2, 9, 19, 35),
    Date.UTC(2026, 2, 9, 19, 45),
  ]);
});

test('today, yesterday and last week are those of the local calendar', () => {
  const of = (since: string, until?: string) => {
    const range = timeRange({ since, until }, noon);
    return [new Date(range.since).toISOString(), new Date(range.until).toISOString()];
  };
  expect(of('today')).toEqual(['2026-03-10T04:00:00.000Z', '2026-03-10T16:20:00.000Z']);
  expect(of('yesterday', 'today')).toEqual(['2026-03-09T04:00:00.000Z', '2026-03-10T04:00:00.000Z']);
  // Clocks go forward on its Sunday.
  expect(of('last-week', 'this-week')).toEqual(['2026-03-02T05:00:00.000Z', '2026-03-09T04:00:00.000Z']);
});

test('of the first and the last step of a picture only what is in the range leads to its calls', () => {
  const range = timeRange({ since: '2026-03-09T15:35', until: '2026-03-09T17:10' }, noon);
  const links = series([], stepsOf(range)).steps.map((step) => stepAddress(range, step));
  expect(links.map((link) => decodeURIComponent(link))).toEqual([
    '/calls?since=2026-03-09T15:35-04:00&until=2026-03-09T16:00-04:00',
    '/calls?since=2026-03-09T16:00-04:00&until=2026-03-09T17:00-04:00',
    '/calls?since=2026-03-09T17:00-04:00&until=2026-03-09T17:10-04:00',
  ]);
});

test('a time of one’s own is local, as the form sends it', () => {
  const range = timeRange({ since: '2026-03-09T09:00', until: '2026-03-09T12:00' }, noon);
  expect(range).toMatchObject({ since: Date.UTC(2026, 2, 9, 13), until: Date.UTC(2026, 2, 9, 16) });
});

for (const [query, words] of [
  [{ since: 'yesterdya' }, 'Invalid time'],
  [{ since: '2026-03-12T00:00', until: '2026-03-11T00:00' }, 'ends before it starts'],
  [{ since: '9999d' }, 'longest time range'],
  [{ since: '24h', until: '1e999' }, 'Invalid time'],
] as const)
  test(`${JSON.stringify(query)} is answered with nothing, the reason, and what was typed`, () => {
    const range = timeRange(query, noon);
    expect(range.problem).toContain(words);
    expect(range).toMatchObject({ since: noon, until: noon, query });
  });

test('the day on which clocks go forward has 23 hours, each once', () => {
  const range = timeRange({ since: '2026-03-08T00:00', until: '2026-03-09T00:00' }, noon);
  const rows = Array.from({ length: 23 }, (_, n) => ({
    at: range.since + n * hourMs,
    value: 'connected',
    calls: 1,
  }));
  const { size, steps } = series(rows, stepsOf(range));
  expect(size).toBe('hour');
  expect(steps).toHaveLength(23);
  expect(steps.every((step) => step.calls.get('connected') === 1)).toBe(true);
});

test('the day on which clocks go back has 25 hours, each once', () => {
  const after = Date.UTC(2026, 10, 5);
  const range = timeRange({ since: '2026-11-01T00:00', until: '2026-11-02T00:00' }, after);
  const rows = Array.from({ length: 25 }, (_, n) => ({
    at: range.since + n * hourMs,
    value: 'connected',
    calls: 1,
  }));
  expect(series(rows, stepsOf(range)).steps.map((step) => step.calls.get('connected'))).toEqual(
    new Array(25).fill(1),
  );
});

test('days are local, without a gap, also above a month', () => {
  for (const [since, days] of [
    ['2026-03-01T00:00', 10],
    ['2025-12-11T00:00', 90],
  ] as const) {
    const { size, starts } = stepsOf(timeRange({ since, until: '2026-03-11T00:00' }, noon));
    expect([size, starts.length]).toEqual(['day', days]);
    expect(starts.every((at) => DateTime.fromMillis(at).hour === 0)).toBe(true);
  }
});
