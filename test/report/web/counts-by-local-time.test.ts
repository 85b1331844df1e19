import { DateTime, Settings } from 'luxon';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('a range is widened to whole hours', () => {
  expect(timeRange({ since: '24h' }, noon)).toMatchObject({
    ...{ since: Date.UTC(2026, 2, 9, 16), until: Date.UTC(2026, 2, 10, 17), problem: null },
  });
  expect(timeRange({ since: '90d' }, noon)).toMatchObject({
    ...{ since: Date.UTC(2025, 11, 10, 16), until: Date.UTC(2026, 2, 10, 17) },
  });
});

test('a time of one’s own is local, as the form sends it', () => {
  const range = timeRange({ since: '2026-03-09T09:00', until: '2026-03-09T12:00' }, noon);
  expect(range).toMatchObject({ since: Date.UTC(2026, 2, 9, 13), until: Date.UTC(2026, 2, 9, 16) });
});

for (const [query, words] of [
  [{ since: 'yesterday' }, 'Invalid time'],
  [{ since: '2026-03-12T00:00', until: '2026-03-11T00:00' }, 'ends before it starts'],
  [{ since: '9999d' }, 'longest time range'],
  [{ since: '24h', until: '1e999' }, 'Invalid time'],
] as const)
  test(`${JSON.stringify(query)} is answered with the last 24 hours and the reason`, () => {
    const range = timeRange(query, noon);
    expect(range.problem).toContain(words);
    expect(range).toMatchObject({ since: Date.UTC(2026, 2, 9, 16), query: {} });
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
