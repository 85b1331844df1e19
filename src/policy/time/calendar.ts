import { z } from 'zod';
import { mapping, shown, twoLines, yesOrNo } from '../yaml/schema-words.ts';
import { compilePlan, type DayPlan, everyWeekday, type Span, weekdayOf, wholeDay } from './day-plan.ts';
import type { HolidayDays } from './holidays.ts';
import {
  dates,
  dayChooser,
  holidays,
  hours,
  readDates,
  readHours,
  readWeekdays,
  readYearly,
  timeZone,
  weekdays,
} from './time-words.ts';

/** Shape of a calendar, under `calendars:` or in a file of its own. */
export const calendarShape = mapping('a calendar', {
  about: z.string().optional().describe('What the calendar is for, in a sentence.'),
  'in-use': yesOrNo('in-use')
    .optional()
    .describe('false: kept for later, so that nobody is warned that no rule uses it.'),
  zone: timeZone.optional().describe('Time zone (IANA); that of the settings when left out.'),
  holidays: z
    // In this order: of several alternatives the last one's message is shown.
    .union([z.literal('none'), holidays])
    .optional()
    .describe('Region whose public holidays are closed; that of the settings when left out, or none.'),
  open: z
    .array(mapping('open', { weekday: weekdays.optional(), hours: hours.optional() }), {
      error: twoLines('open must be a list', 'write open: [{ weekday: mon-fri, hours: 08:00-17:00 }]'),
    })
    .min(1, { error: twoLines('the calendar is never open', 'write at least one entry under open') })
    .describe('Weekdays with hours; hours over midnight belong to the day on which they begin.'),
  closed: dates
    .optional()
    .describe(
      'Further days without hours: 2026-12-24, 2026-12-24..2026-12-31, or of every year: 12-24, 11-01..12-15.',
    ),
  special: z
    .record(z.string(), hours, {
      error: twoLines('special must be days with hours', 'write special: { 2026-12-24: 08:00-12:00 }'),
    })
    .superRefine((days, context) => {
      for (const day of Object.keys(days))
        if (!isDay(day))
          context.addIssue({
            code: 'custom',
            path: [day],
            message: twoLines(
              `${shown(day)} is not a day of the calendar`,
              'write it as 2026-12-24, or as 12-24 for every year',
            ),
          });
    })
    .optional()
    .describe(
      'Hours of single days (2026-12-24, or 12-24 in every year); they come before holidays and closed days.',
    ),
});
function isDay(written: string): boolean {
  return !written.includes('..') && (readDates(written) ?? readYearly(written)) !== null;
}

export type WrittenCalendar = z.output<typeof calendarShape>;

export interface Calendar {
  readonly plan: DayPlan;
  /** No rule uses it yet, and nobody is to be warned of that. */
  readonly keptForLater: boolean;
  /** @param now epoch ms */
  isOpen(now: number): boolean;
}

/**
 * Opening hours. A day's special hours come before everything; then closed days and holidays have none; else the hours
 * of its weekday. Hours over midnight belong to the day on which they begin.
 */
export function compileCalendar(
  written: WrittenCalendar,
  zone: string,
  isHoliday: HolidayDays | null,
): Calendar {
  const open = written.open.map((entry) => ({
    weekdays: readWeekdays(entry.weekday),
    spans: entry.hours?.map(readHours) ?? [wholeDay],
  }));
  const isClosed = dayChooser(written.closed ?? []);
  const special = new Map<number, readonly Span[]>(
    Object.entries(written.special ?? {}).flatMap(([date, times]) => {
      const found = readDates(date);
      return found ? [[found.first, times.map(readHours)] as const] : [];
    }),
  );
  const everyYear = Object.entries(written.special ?? {})
    .filter(([date]) => readDates(date) === null)
    .map(([date, times]) => ({ isDay: dayChooser([date]), spans: times.map(readHours) }));
  const byWeekday = [...everyWeekday].map((weekday) =>
    open.filter(({ weekdays: days }) => days.has(weekday)).flatMap(({ spans }) => spans),
  );
  const none: readonly Span[] = [];
  const certain = written.closed === undefined && written.special === undefined && isHoliday === null;
  const plan: DayPlan = {
    zone,
    spansOn(day) {
      const hoursOfDay = special.get(day);
      if (hoursOfDay !== undefined) return hoursOfDay;
      const yearly = everyYear.find(({ isDay }) => isDay(day));
      if (yearly !== undefined) return yearly.spans;
      if (isClosed(day)) return none;
      if (isHoliday?.(day)) return none;
      return byWeekday[weekdayOf(day)] ?? none;
    },
    planned: [
      ...open.flatMap(({ weekdays: days, spans }) =>
        spans.map((span) => ({ ...span, weekdays: days, certain })),
      ),
      ...[...special.values(), ...everyYear.map(({ spans }) => spans)]
        .flat()
        .map((span) => ({ ...span, weekdays: everyWeekday, certain: false })),
    ],
  };
  return { plan, keptForLater: written['in-use'] === false, isOpen: compilePlan(plan) };
}
