import { z } from 'zod';
import { mapping, oneOrMore, shown, text, twoLines, word } from '../yaml/schema-words.ts';
import { dayMinutes, everyWeekday, isTimeZone, type Span } from './day-plan.ts';

const weekdayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const dayMs = 86_400_000;

export const calendarName = text(
  'the calendar',
  /^[a-z][a-z0-9-]{0,47}$/,
  'write the name of a calendar: small letters, digits and hyphens',
);

export const weekdays = oneOrMore(
  text(
    'the weekday',
    /^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$/,
    'write mon, tue, wed, thu, fri, sat, sun, or from one to another: mon-fri',
  ),
);

export const hours = oneOrMore(
  text(
    'hours',
    /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    'write from and to as 08:00-17:30; 22:00-06:00 runs over midnight',
  ).refine((written) => written.slice(0, 5) !== written.slice(6), {
    error: ({ input }) => twoLines(`hours ${shown(input)} have no length`, 'the whole day is 00:00-24:00'),
  }),
);

export const dates = oneOrMore(
  text(
    'the date',
    /^(\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?|\d{2}-\d{2}(\.\.\d{2}-\d{2})?)$/,
    'write a day as 2026-12-24, days as 2026-12-24..2026-12-31, or those of every year as 12-24 or 11-01..12-15',
  ).refine((written) => readDates(written) !== null || readYearly(written) !== null, {
    error: ({ input }) =>
      String(input).includes('..')
        ? twoLines(
            `${shown(input)} are not days of the calendar`,
            'write the earlier day first: 2026-12-24..2026-12-31; days of every year are 11-01..12-15',
          )
        : twoLines(
            `there is no day ${shown(input)}`,
            'check month and day: 2026-12-24, or 12-24 for every year',
          ),
  }),
);

export const timeZone = z.string().refine(isTimeZone, {
  error: ({ input }) =>
    twoLines(`there is no time zone ${shown(input)}`, 'write an IANA name: America/New_York, Europe/London'),
});

const holidayTypes = ['public', 'bank', 'school', 'optional', 'observance'] as const;
const region = text(
  'holidays',
  /^[A-Z]{2}(-[A-Za-z0-9]{1,8}){0,2}$/,
  'write a country and, if need be, its state: US, US-IN',
);

const asList = (what: string, example: string) =>
  twoLines(`${what} must be a list`, `write ${example}, with brackets around it`);
const exceptions = 'except: [Columbus Day]';

/** `US-IN`, or `{ region: US-IN, types: [public], except: [Columbus Day] }`. */
export const holidays = z.union([
  region,
  mapping('holidays', {
    region,
    types: z
      .array(word('types', holidayTypes), { error: asList('types', 'types: [public]') })
      .min(1, { error: asList('types', 'types: [public]') })
      .optional(),
    except: z
      .array(z.string({ error: asList('except', exceptions) }), { error: asList('except', exceptions) })
      .optional(),
  }),
]);
export type WrittenHolidays = z.output<typeof holidays>;

/** @returns 0 Monday to 6 Sunday */
export function readWeekdays(written: readonly string[] | undefined): ReadonlySet<number> {
  if (written === undefined) return everyWeekday;
  const found = new Set<number>();
  for (const one of written) {
    const [first = '', last = first] = one.split('-');
    const end = weekdayNames.indexOf(last);
    for (let day = weekdayNames.indexOf(first); ; day = (day + 1) % 7) {
      found.add(day);
      if (day === end) break;
    }
  }
  return found;
}

export function readHours(written: string): Span {
  const [from, to] = written.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    return hour * 60 + minute;
  }) as [number, number];
  return { from, to: to > from ? to : to + dayMinutes };
}

/** Local days since 1970, both ends included; null when it is none, or runs backwards. */
export function readDates(written: string): { readonly first: number; readonly last: number } | null {
  const [from = '', to = from] = written.split('..');
  const [first, last] = [from, to].map((date) => {
    const at = Date.parse(`${date}T00:00:00Z`);
    // Date.parse takes 31 February for 3 March.
    return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date ? Number.NaN : at / dayMs;
  }) as [number, number];
  return first <= last ? { first, last } : null;
}

/**
 * `12-24`, `11-01..12-15`, `12-20..01-06`: days of every year, both ends included, as month times 100 plus day; null when
 * there are no such days. 29 February comes in leap years only.
 */
export function readYearly(written: string): { readonly first: number; readonly last: number } | null {
  const [from = '', to = from, ...more] = written.split('..');
  const [first, last] = [from, to].map((date) =>
    // 2024 is a leap year.
    readDates(`2024-${date}`) !== null && date.length === 5 ? Number(date.replace('-', '')) : Number.NaN,
  ) as [number, number];
  return Number.isNaN(first + last) || more.length > 0 ? null : { first, last };
}

/** Whether a local day (since 1970) is one of those written: single days, days in a row, or those of every year. */
export function dayChooser(written: readonly string[]): (day: number) => boolean {
  const single = written.flatMap((one) => readDates(one) ?? []);
  const yearly = written.flatMap((one) => readYearly(one) ?? []);
  return (day) => {
    if (single.some(({ first, last }) => day >= first && day <= last)) return true;
    if (yearly.length === 0) return false;
    const date = new Date(day * dayMs);
    const at = (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
    return yearly.some(({ first, last }) =>
      first <= last ? at >= first && at <= last : at >= first || at <= last,
    );
  };
}
