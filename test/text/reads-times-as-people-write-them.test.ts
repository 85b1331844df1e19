import { describe, expect, it } from 'vitest';
import { pointAhead, pointInTime } from '../../src/text/point-in-time.ts';

const now = Date.UTC(2026, 2, 2, 9, 30);
const at = (iso: string) => Date.parse(iso);
const past = (text: string, from: string, zone: string) => pointInTime(text, at(from), zone);
const ahead = (text: string, from: string, zone: string) => pointAhead(text, at(from), zone);

it('so long ago, and so long from now', () => {
  expect(['30m', '8h', '5d'].map((text) => now - (pointInTime(text, now) ?? 0))).toEqual([
    1.8e6, 28.8e6, 432e6,
  ]);
  expect(['30m', '8h', '5d'].map((text) => (pointAhead(text, now) ?? 0) - now)).toEqual([
    1.8e6, 28.8e6, 432e6,
  ]);
});

it('of the past a day, week or month is its beginning, of what is to come its end', () => {
  const wednesday = '2026-03-04T15:00:00-05:00';
  const zone = 'America/Indiana/Indianapolis';
  for (const [text, begins, ends] of [
    ['today', '2026-03-04T00:00-05:00', '2026-03-05T00:00-05:00'],
    ['yesterday', '2026-03-03T00:00-05:00', '2026-03-04T00:00-05:00'],
    ['tomorrow', '2026-03-05T00:00-05:00', '2026-03-06T00:00-05:00'],
    ['this week', '2026-03-02T00:00-05:00', '2026-03-09T00:00-04:00'],
    ['last-week', '2026-02-23T00:00-05:00', '2026-03-02T00:00-05:00'],
    ['Last Week', '2026-02-23T00:00-05:00', '2026-03-02T00:00-05:00'],
    ['last-month', '2026-02-01T00:00-05:00', '2026-03-01T00:00-05:00'],
    ['2026-03-04', '2026-03-04T00:00-05:00', '2026-03-05T00:00-05:00'],
    ['2026-02', '2026-02-01T00:00-05:00', '2026-03-01T00:00-05:00'],
  ] as const) {
    expect.soft(past(text, wednesday, zone), text).toBe(at(begins));
    expect.soft(ahead(text, wednesday, zone), text).toBe(at(ends) - 1);
  }
  for (const read of [past, ahead]) {
    expect(read('17:00', wednesday, zone)).toBe(at('2026-03-04T17:00-05:00'));
    expect(read('2026-03-02T17:00Z', wednesday, zone)).toBe(at('2026-03-02T17:00Z'));
    expect(read('2026-03-02T17:00', wednesday, zone)).toBe(at('2026-03-02T17:00-05:00'));
  }
});

it.each([
  '',
  'next week',
  'lastweek',
  '5',
  '5w',
  '-5h',
  '2026',
  '2026-02-30',
  '1e3h',
  '25:00',
  'toString',
  '__proto__',
])('%j is no time', (text) => {
  expect(pointInTime(text, now)).toBeNull();
  expect(pointAhead(text, now)).toBeNull();
});

describe('where clocks are set forward or back', () => {
  const newYork = 'America/New_York';

  it('yesterday has 23 or 25 hours, and a day is over at midnight', () => {
    // Forward on 2026-03-08 at 2:00, back on 2026-11-01 at 2:00.
    expect(past('yesterday', '2026-03-09T12:00-04:00', newYork)).toBe(at('2026-03-08T00:00-05:00'));
    expect(past('today', '2026-03-08T12:00-04:00', newYork)).toBe(at('2026-03-08T00:00-05:00'));
    expect(ahead('today', '2026-03-08T00:30-05:00', newYork)).toBe(at('2026-03-09T00:00-04:00') - 1);
    expect(past('yesterday', '2026-11-02T00:30-05:00', newYork)).toBe(at('2026-11-01T00:00-04:00'));
    expect(ahead('today', '2026-11-01T00:30-04:00', newYork)).toBe(at('2026-11-02T00:00-05:00') - 1);
    expect(past('last-week', '2026-03-10T12:00-04:00', newYork)).toBe(at('2026-03-02T00:00-05:00'));
    expect(past('last-month', '2026-04-30T12:00-04:00', newYork)).toBe(at('2026-03-01T00:00-05:00'));
    // So long ago is counted in hours.
    expect(past('1d', '2026-03-08T12:00-04:00', newYork)).toBe(at('2026-03-07T11:00-05:00'));
  });

  it('a time that there is twice is the first, to come the next; one that there is not is an hour later', () => {
    expect(past('01:30', '2026-11-01T12:00-05:00', newYork)).toBe(at('2026-11-01T01:30-04:00'));
    expect(ahead('01:30', '2026-11-01T01:00-04:00', newYork)).toBe(at('2026-11-01T01:30-04:00'));
    expect(ahead('01:30', '2026-11-01T01:45-04:00', newYork)).toBe(at('2026-11-01T01:30-05:00'));
    expect(ahead('02:30', '2026-03-08T00:30-05:00', newYork)).toBe(at('2026-03-08T03:30-04:00'));
  });

  it('midnight itself may be twice or not at all', () => {
    // Back on 2026-11-01 at 1:00 to 0:00, forward on 2026-03-08 at 0:00 to 1:00.
    const havana = 'America/Havana';
    expect(past('today', '2026-11-01T12:00-05:00', havana)).toBe(at('2026-11-01T00:00-04:00'));
    expect(past('today', '2026-11-01T00:30-05:00', havana)).toBe(at('2026-11-01T00:00-04:00'));
    expect(past('yesterday', '2026-11-02T12:00-05:00', havana)).toBe(at('2026-11-01T00:00-04:00'));
    expect(ahead('today', '2026-10-31T12:00-04:00', havana)).toBe(at('2026-11-01T00:00-04:00') - 1);
    expect(past('today', '2026-03-08T12:00-04:00', havana)).toBe(at('2026-03-08T01:00-04:00'));
    expect(past('yesterday', '2026-03-09T12:00-04:00', havana)).toBe(at('2026-03-08T01:00-04:00'));
    expect(ahead('today', '2026-03-07T12:00-05:00', havana)).toBe(at('2026-03-08T01:00-04:00') - 1);
  });
});
