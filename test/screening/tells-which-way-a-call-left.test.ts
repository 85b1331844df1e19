import { expect, test } from 'vitest';
import { Departure } from '../../src/screening/departure.ts';
import type { CallControl } from '../../src/screening/ports.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const way = { exit: { kind: 'connect', exit: 'operators', label: null } } as const;
const never = (): Promise<never> => new Promise(() => {});

/** A call that arrived now, and whose request to leave is never answered. */
async function asked(afterMs: number) {
  const clock = new FakeClock();
  const arrivedAt = clock.now();
  const control = { continueAt: never, stopPlayback: never } as unknown as CallControl;
  const departure = new Departure({
    ...{ control, clock, requestDeadlineMs: 60_000, watchdogAt: () => arrivedAt + 5000 },
    ...{ gone: () => {}, notOurs: () => {}, failed: () => {} },
  });
  await clock.advance(afterMs);
  departure.leave(way, null);
  await clock.advance(0);
  return (leftAfterMs: number) => departure.takenAt(arrivedAt + leftAfterMs);
}

test('left before the watchdog and after it was asked to: as it was asked', async () => {
  const taken = await asked(200);
  expect(taken(250)).toEqual(way);
});

test('left about when the watchdog strikes: not known', async () => {
  const taken = await asked(4500);
  expect([taken(4960), taken(5000), taken(5020)]).toEqual(['unknown', 'unknown', 'unknown']);
});

test('asked long after it had left, by a process that stood still: the watchdog took it', async () => {
  const taken = await asked(9900);
  expect([taken(4999), taken(5000)]).toEqual(['watchdog', 'watchdog']);
});
