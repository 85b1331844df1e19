import { Settings } from 'luxon';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hoursOfWeek, series, totals } from '../../../src/report/web/counted.ts';
import { countsIn } from '../../../src/report/web/counts-in.ts';
import { timeRange } from '../../../src/report/web/time-range.ts';

import { busyMonth } from '../../fakes/busy-month.ts';
import { MemoryCallRecords } from '../../fakes/memory-call-records.ts';

const zone = Settings.defaultZone;
beforeEach(() => {
  Settings.defaultZone = 'America/Indiana/Indianapolis';
});
afterEach(() => {
  Settings.defaultZone = zone;
});

const hourMs = 3_600_000;
const noon = Date.UTC(2026, 2, 10, 16, 20);

test('a range is widened to whole hours, and above 35 days to whole UTC days', () => {
  expect(timeRange({ since: '24h' }, noon)).toMatchObject({
    ...{ since: Date.UTC(2026, 2, 9, 16), until: Date.UTC(2026, 2, 10, 17), step: 'hour', problem: null },
  });
  expect(timeRange({ since: '90d' }, noon)).toMatchObject({
    ...{ since: Date.UTC(2025, 11, 10), until: Date.UTC(2026, 2, 11), step: 'day' },
  });
});

test('a time of one’s own is local, as the form sends it', () => {
  const range = timeRange({ since: '2026-03-09T09:00', until: '2026-03-09T12:00' }, noon);
  expect(range).toMatchObject({ since: Date.UTC(2026, 2, 9, 13), until: Date.UTC(2026, 2, 9, 16) });
});

for (const [query, words] of [
  [{ since: 'yesterday' }, 'cannot be read'],
  [{ since: '2026-03-12T00:00', until: '2026-03-11T00:00' }, 'ends before it begins'],
  [{ since: '9999d' }, 'At most 400 days'],
  [{ since: '24h', until: '1e999' }, 'cannot be read'],
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
  const { size, steps } = series(rows, range);
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
  expect(series(rows, range).steps.map((step) => step.calls.get('connected'))).toEqual(new Array(25).fill(1));
});

test('hours are put together to local days, without a gap', () => {
  const range = timeRange({ since: '2026-03-01T00:00', until: '2026-03-11T00:00' }, noon);
  const late = { at: Date.UTC(2026, 2, 2, 3), value: 'connected', calls: 5 };
  const { size, steps } = series([late], range);
  expect(size).toBe('day');
  expect(steps).toHaveLength(10);
  // 03:00 UTC on Monday is Sunday evening there.
  expect(steps[0]?.calls.get('connected')).toBe(5);
  expect(hoursOfWeek([late])[6]?.[22]).toBe(5);
});

test('totals ask for whole days by the day and the ends by the hour, and miss or double nothing', async () => {
  const records = new MemoryCallRecords(busyMonth(noon, 10, 200));
  for (const since of ['6h', '36h', '7d', '2026-03-05T09:30']) {
    const range = timeRange({ since }, noon);
    const direct = await records.counts('rule', { ...range, step: 'hour' });
    expect.soft(totals(await countsIn(records, 'rule', range)), since).toEqual(totals(direct));
  }
});
