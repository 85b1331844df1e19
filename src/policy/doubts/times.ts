import type { DayPlan } from '../time/day-plan.ts';
import { readDates } from '../time/time-words.ts';
import { askedBy, type Doubt, valuesOf, warning } from './doubt.ts';

const dayMs = 86_400_000;
/** Longer than any holiday; beyond it somebody should look. */
const longClosedDays = 60;
const mostSearched = 366 * 70;

/** Calendars that are closed for months. */
export const longClosed: Doubt = function* ({ policy, calendarPlace, now }) {
  if (now === 0) return;
  const today = Math.floor(now / dayMs);
  for (const [id, { plan }] of policy.calendars) {
    const opens = firstOpen(plan, today, mostSearched);
    if (opens !== null && opens - today <= longClosedDays) continue;
    yield warning(
      calendarPlace(id),
      opens === null
        ? `the calendar "${id}" is never open again`
        : `the calendar "${id}" is closed until ${dateOf(opens)}`,
      'check the days under closed, and the year of each',
      'long-closed',
    );
  }
};

/** Days of rules that are all over. */
export const pastDates: Doubt = function* ({ rules, source, now }) {
  if (now === 0) return;
  const yesterday = Math.floor(now / dayMs) - 1;
  for (const asked of askedBy(rules)) {
    const dates = [...valuesOf(asked, 'time', 'date')];
    const [first] = dates;
    if (first === undefined) continue;
    const last = Math.max(...dates.map(([written]) => readDates(written)?.last ?? Number.POSITIVE_INFINITY));
    if (last >= yesterday) continue;
    yield warning(
      source.at(first[1]),
      `these days are over, so that rule "${asked.rule.id}" ${asked.path.includes('not') ? 'no longer makes an exception for them' : 'matches no call by them'}: the last is ${dateOf(last)}`,
      'write days to come, or take them away',
      'past-date',
    );
  }
};

function firstOpen(plan: DayPlan, from: number, most: number): number | null {
  for (let day = from; day < from + most; day++) if (plan.spansOn(day).length > 0) return day;
  return null;
}

function dateOf(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
