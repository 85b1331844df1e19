import { IANAZone } from 'luxon';
import type { Variable } from '../../logic/logic.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;
/** Days ahead that are looked at: each date of a year and each weekday of most, two leap days apart. */
export const daysAhead = 800;
/** More is a calendar with hours of each minute. */
const mostInstants = 200_000;

/**
 * Instants (epoch ms) that stand for all: wherever the answer to a question about time changes within `daysAhead`, one for
 * each combination of answers, the earliest. The first is now.
 */
export function instantsOf(variables: readonly Variable[], now: number): readonly number[] {
  const times = variables.filter((one) => one.about === 'time');
  const ends = variables.flatMap((one) => (one.about === 'before' ? [one.at] : []));
  const tests = [
    ...times.map(({ holdsAt }) => holdsAt),
    ...ends.map((end) => (instant: number) => instant < end),
  ];
  const found = new Map<string, number>();
  const look = (instant: number) => {
    const answers = tests.map((holds) => (holds(instant) ? '1' : '0')).join('');
    if (!found.has(answers)) found.set(answers, instant);
  };
  look(now);
  const later = [...changesOf(times, now), ...ends.flatMap((end) => [end - minuteMs, end])];
  for (const instant of later.filter((one) => one > now).sort((a, b) => a - b)) look(instant);
  return [...found.values()];
}

function* changesOf(times: readonly Extract<Variable, { about: 'time' }>[], now: number): Generator<number> {
  let count = 0;
  for (const zone of new Set(times.map((one) => one.zone))) {
    const there = times.filter((one) => one.zone === zone);
    const minutes = [...new Set(there.flatMap(({ boundaries }) => boundaries))].sort((a, b) => a - b);
    const named = IANAZone.create(zone);
    const offsetAt = (instant: number) => named.offset(instant) * minuteMs;
    const today = Math.floor((now + offsetAt(now)) / dayMs);
    for (let day = today; day < today + daysAhead; day++) {
      // Of the two days a year on which clocks change, the hours before the change are some minutes off.
      const midnight = day * dayMs - offsetAt(day * dayMs + dayMs / 2);
      for (const minute of minutes) {
        if (++count > mostInstants) return;
        yield midnight + minute * minuteMs;
      }
    }
  }
}
