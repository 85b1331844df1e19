import { expect, test } from 'vitest';
import { pointAhead } from '../../src/text/point-in-time.ts';

const now = Date.UTC(2026, 2, 2, 9, 30);

test('so long from now', () => {
  expect(['30m', '8h', '5d'].map((text) => (pointAhead(text, now) ?? 0) - now)).toEqual([
    1.8e6, 28.8e6, 432e6,
  ]);
});

test('a time; a date alone is over when its day is', () => {
  expect(pointAhead('2026-03-02T17:00Z', now)).toBe(Date.UTC(2026, 2, 2, 17));
  expect(pointAhead('2026-03-02', now)).toBe(new Date(2026, 2, 2, 23, 59, 59, 999).getTime());
});

test.each(['', 'tomorrow', '5', '5w', '-5h', '2026', '2026-03', '2026-02-30', '1e3h'])(
  '%j is neither',
  (text) => {
    expect(pointAhead(text, now)).toBeNull();
  },
);
