import { expect, test } from 'vitest';
import { AsteriskClock } from '../../src/ari/asterisk-clock.ts';

const noon = Date.UTC(2026, 2, 2, 12);

function clockAt(wall: number) {
  let steady = 5000;
  let now = wall;
  const clock = new AsteriskClock(
    () => now,
    () => steady,
  );
  const pass = (ms: number): void => {
    steady += ms;
    now += ms;
  };
  const jump = (ms: number): void => {
    now += ms;
  };
  return { clock, pass, jump };
}

test('a jump of our own wall clock moves nothing', () => {
  const { clock, pass, jump } = clockAt(noon);
  pass(100);
  jump(-3_600_000);
  pass(100);
  expect(clock.now()).toBe(noon + 200);
});

test('what Asterisk says within its second and the time of the question changes nothing', () => {
  const { clock, pass } = clockAt(noon + 400);
  const askedAt = clock.now();
  pass(700);
  clock.sawSecond(noon / 1000, askedAt);
  clock.sawSecond(noon / 1000 + 1, askedAt);
  expect(clock.now()).toBe(noon + 1100);
});

test.each([
  ['ahead', 3_600_000],
  ['behind', -3_600_000],
])('a clock of Asterisk that is %s is followed to the second', (_, offBy) => {
  const { clock, pass } = clockAt(noon);
  const askedAt = clock.now();
  pass(3);
  clock.sawSecond((noon + offBy) / 1000, askedAt);
  expect(Math.abs(clock.now() - (noon + offBy))).toBeLessThan(1003);
});
