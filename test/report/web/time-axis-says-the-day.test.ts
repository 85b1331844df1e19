import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { timeLabels } from '../../../src/report/web/charts/stacked-bars.ts';
import { hoursIn, series, stepsOf } from '../../../src/report/web/counted.ts';

/** Words below a picture of this time, local, with room for so many. */
function words(since: string, until: string, most: number): string[] {
  const at = (text: string) => DateTime.fromISO(text, { locale: 'en-GB' }).toMillis();
  const steps = stepsOf({ since: at(since), until: at(until) });
  return timeLabels(series([], steps), most).map((label) => label.words);
}

test('by the hour: round hours, and midnight with its day', () => {
  expect(words('2026-11-21T14:00', '2026-11-22T15:00', 9)).toEqual([
    '15:00',
    '18:00',
    '21:00',
    'Sun 22 Nov',
    '03:00',
    '06:00',
    '09:00',
    '12:00',
  ]);
  expect(words('2026-11-21T14:00', '2026-11-22T15:00', 4)).toEqual(['18:00', 'Sun 22 Nov', '06:00', '12:00']);
  expect(words('2026-11-21T08:00', '2026-11-21T14:00', 9)).toHaveLength(6);
});

test('by the day: each day of a week, and Mondays of a month', () => {
  expect(words('2026-11-15T00:00', '2026-11-23T00:00', 9)).toHaveLength(8);
  const mondays = ['Mon 26 Oct', 'Mon 2 Nov', 'Mon 9 Nov', 'Mon 16 Nov'];
  expect(words('2026-10-23T14:00', '2026-11-22T15:00', 9)).toEqual(mondays);
  expect(words('2026-10-23T14:00', '2026-11-22T15:00', 4)).toEqual(mondays.map((day) => day.slice(4)));
});

test('never more than there is room for, and an edge', () => {
  for (let days = 1; days < 400; days += 3)
    for (const most of [4, 9]) {
      const until = DateTime.fromISO('2026-11-22T15:00');
      const since = until.minus({ days });
      const found = words(since.toISO() ?? '', until.toISO() ?? '', most);
      expect(found.length, `${days} days`).toBeGreaterThan(0);
      expect(found.length, `${days} days`).toBeLessThanOrEqual(most + 1);
    }
});

test('the hours of the week that a time has', () => {
  const since = DateTime.fromISO('2026-11-22T22:00').toMillis();
  expect([...hoursIn({ since, until: since + 4 * 3_600_000 })]).toEqual([6 * 24 + 22, 6 * 24 + 23, 0, 1]);
});
