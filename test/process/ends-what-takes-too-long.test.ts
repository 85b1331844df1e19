import { expect, test } from 'vitest';
import type { Clock } from '../../src/process/clock.ts';
import { withDeadline } from '../../src/process/deadline.ts';

/** A clock whose timers fire when the test says so. */
function heldClock() {
  const timers = new Set<() => void>();
  const clock: Pick<Clock, 'after'> = {
    after: (_, action) => {
      timers.add(action);
      return () => timers.delete(action);
    },
  };
  return { clock, timers };
}

const late = (ms: number) => new Error(`later than ${ms} ms`);

test('work that is done in time settles as it does, and leaves no timer', async () => {
  const { clock, timers } = heldClock();
  await expect(withDeadline(async () => 1, 50, late, clock)).resolves.toBe(1);
  await expect(withDeadline(() => Promise.reject(new Error('no')), 50, late, clock)).rejects.toThrow('no');
  expect(timers.size).toBe(0);
});

test('work that throws at once rejects', async () => {
  const { clock } = heldClock();
  const work = () => {
    throw new Error('at once');
  };
  await expect(withDeadline(work, 50, late, clock)).rejects.toThrow('at once');
});

test('after the deadline the error says so, and what the work does then is ignored', async () => {
  const { clock, timers } = heldClock();
  const work = Promise.withResolvers<number>();
  const found = withDeadline(() => work.promise, 50, late, clock);
  for (const fire of timers) fire();
  await expect(found).rejects.toThrow('later than 50 ms');
  work.reject(new Error('ignored'));
});
