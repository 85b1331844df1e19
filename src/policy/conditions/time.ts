import type { z } from 'zod';
import { answer, yesNoTest } from '../logic/answer.ts';
import { ask, type Formula, join } from '../logic/formula.ts';
import { allOf, is, notOf } from '../logic/logic.ts';
import type { Calendar } from '../time/calendar.ts';
import {
  boundariesOf,
  compilePlan,
  type DayPlan,
  possibleAt,
  weekdayOf,
  wholeDay,
} from '../time/day-plan.ts';
import {
  calendarName,
  dates,
  dayChooser,
  hours,
  readDates,
  readHours,
  readWeekdays,
  timeZone,
  weekdays,
} from '../time/time-words.ts';
import { mapping, twoLines, yesOrNo } from '../yaml/schema-words.ts';
import { checkCalendar, closedByHand, isClosedByHand } from './closed-today.ts';
import { type CompileContext, defineCondition } from './condition.ts';

const timeShape = mapping('time', {
  calendar: calendarName
    .optional()
    .describe('Within the open hours of this calendar, and not closed by hand (gatehouse close).'),
  weekday: weekdays.optional().describe('mon to sun, or from one to another: mon-fri.'),
  hours: hours.optional().describe('08:00-17:00; 22:00-06:00 runs over midnight.'),
  date: dates
    .optional()
    .describe('2026-12-24, 2026-12-24..2026-12-31, or of every year: 12-24, 11-01..12-15.'),
  holiday: yesOrNo('holiday').optional().describe('A public holiday in the region of the settings.'),
  zone: timeZone.optional().describe('Time zone (IANA); that of the calendar or the settings when left out.'),
}).refine((value) => Object.keys(value).some((key) => key !== 'zone'), {
  error: twoLines('time asks nothing', 'write calendar, weekday, hours, date or holiday'),
});
type TimeAsked = z.output<typeof timeShape>;

/**
 * `time: { calendar: office-hours }`, `{ weekday: mon-fri, hours: 22:00-06:00 }`. Everything named must hold. Hours over
 * midnight belong to the day on which they begin, so that Friday 22:00-06:00 ends on Saturday morning.
 */
export const time = defineCondition({
  path: ['time'],
  schema: timeShape,
  about:
    'When the call arrived: within the open hours of a calendar; weekday, hours, date and public holiday by the wall clock of a time zone. Hours over midnight belong to the day on which they begin.',
  example: 'time: { weekday: mon-fri, hours: 22:00-06:00, holiday: false }',
  compile(asked, context) {
    const parts: Formula[] = [];
    const { calendar: name } = asked;
    const calendar = name === undefined ? undefined : context.calendars.get(name);
    if (name !== undefined) checkCalendar(name, ['calendar'], context);
    if (name !== undefined && calendar) parts.push(openHours(name, calendar));
    const { weekday, hours: times, date, holiday } = asked;
    if (weekday ?? times ?? date ?? holiday !== undefined) {
      const zone = asked.zone ?? calendar?.plan.zone ?? context.timeZone;
      if (zone === null) {
        context.refuse(
          [],
          'it is not said in which time zone this is',
          'name one in the settings (time-zone: America/New_York), or zone: in this condition',
          'no-time-zone',
        );
      } else parts.push(dayCondition(asked, zone, context));
    }
    return join('all', parts);
  },
});

function openHours(name: string, calendar: Calendar): Formula {
  const words = `time is within ${name}`;
  const yes = answer(words, true);
  const no = answer(words, false);
  const closed = { ...no, because: `${words}: no (closed by hand)` };
  return ask(
    (facts) => (isClosedByHand(facts, name) ? closed : calendar.isOpen(facts.now) ? yes : no),
    allOf([timeLogic(calendar.plan, `calendar ${name}`, calendar.isOpen), notOf(closedByHand(name))]),
  );
}

function dayCondition(asked: TimeAsked, zone: string, context: CompileContext): Formula {
  const days = readWeekdays(asked.weekday);
  const spans = asked.hours?.map(readHours) ?? [wholeDay];
  const single = asked.date?.map(readDates);
  const isChosen = asked.date === undefined ? null : dayChooser(asked.date);
  const { holiday } = asked;
  const isHoliday = context.holidays;
  if (holiday !== undefined && isHoliday === null) {
    context.refuse(
      ['holiday'],
      'it is not said whose holidays are meant',
      'name the region in the settings: holidays: US-IN',
      'no-holidays',
    );
  }
  const holds = (day: number) =>
    days.has(weekdayOf(day)) &&
    (isChosen === null || isChosen(day)) &&
    (holiday === undefined || isHoliday?.(day) === holiday);
  // Those of every year fall on every weekday at some time.
  if (single?.every((one) => one !== null && !isLong(one) && !daysOf(one).some(holds)))
    context.refuse(
      ['date'],
      'none of these days is such a weekday or holiday, so that this is never true',
      'correct the date, or leave weekday and holiday out',
      'never-a-day',
    );
  const certain = isChosen === null && holiday === undefined;
  const plan: DayPlan = {
    zone,
    spansOn: (day) => (holds(day) ? spans : []),
    planned: spans.map((span) => ({ ...span, weekdays: days, certain })),
  };
  const words = [
    ...(asked.weekday ?? []),
    ...(asked.hours ?? []),
    ...(asked.date ?? []),
    ...(holiday === undefined ? [] : [holiday ? 'a holiday' : 'no holiday']),
  ].join(', ');
  const isNow = compilePlan(plan);
  return ask(
    yesNoTest(`time is ${words} (${zone})`, ({ now }) => isNow(now)),
    timeLogic(plan, words, isNow),
  );
}

/** A year and more has every weekday, and hardly lacks a holiday. */
function isLong({ first, last }: { readonly first: number; readonly last: number }): boolean {
  return last - first > 366;
}

function daysOf({ first, last }: { readonly first: number; readonly last: number }): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function timeLogic(plan: DayPlan, words: string, holdsAt: (now: number) => boolean) {
  return is({
    about: 'time',
    words,
    zone: plan.zone,
    boundaries: boundariesOf(plan),
    possibleAt: possibleAt(plan),
    holdsAt,
  });
}
