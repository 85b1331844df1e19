import { wordRemedy } from '../../text/spelling.ts';
import type { Place, Problem } from '../problem.ts';
import { type Calendar, calendarShape, compileCalendar, type WrittenCalendar } from '../time/calendar.ts';
import {
  type HolidayChoice,
  type HolidayDays,
  type HolidayFinder,
  holidayDays,
  holidayNames,
} from '../time/holidays.ts';
import type { WrittenHolidays } from '../time/time-words.ts';
import { problemsOfShape } from '../yaml/shape-problems.ts';
import type { YamlPath, YamlSource } from '../yaml/yaml-source.ts';
import type { RuleFile } from './rule-file.ts';

interface CalendarSources {
  readonly rules: RuleFile;
  readonly source: YamlSource;
  /** Files of `calendars/` by the name of the calendar, read. */
  readonly files: ReadonlyMap<string, YamlSource>;
  readonly findHolidays: HolidayFinder | null;
}

/** A year in which every region has its holidays; only their names are asked for. */
const sampleYear = 2026;

type At = { readonly source: YamlSource; readonly path: YamlPath };

/** One calendar as it was written, with what it takes from the settings. */
interface PlannedCalendar {
  readonly name: string;
  readonly written: WrittenCalendar;
  readonly zone: string;
  readonly holidays: HolidayChoice | null;
}

export interface PlannedCalendars {
  readonly calendars: readonly PlannedCalendar[];
  /** Of the settings; null: it is not said whose. */
  readonly holidays: HolidayChoice | null;
}

/** What is refused is planned without, so that rules which ask for it are not complained of as well. */
const noHolidays: HolidayChoice = { region: '', types: [], except: [] };
const alwaysOpen = (name: string): PlannedCalendar => ({
  name,
  written: { open: [{}] },
  zone: 'utc',
  holidays: null,
});

/** Calendars of policy.yaml and of `calendars/`, and the holidays of the settings. */
export function planCalendars({ rules, source, files, findHolidays }: CalendarSources): {
  readonly planned: PlannedCalendars;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const refuse = (place: Place, message: string, remedy: string, code: string) =>
    problems.push({ severity: 'error', ...place, message, remedy, code });

  const daysOf = (written: WrittenHolidays, { source: from, path }: At): HolidayChoice | null => {
    const { region, types, except } = typeof written === 'string' ? { region: written } : written;
    const place = from.at(path);
    if (findHolidays === null) {
      refuse(place, 'there are no holidays to look up here', 'leave holidays out', 'no-holidays');
      return null;
    }
    if (findHolidays(region, sampleYear) === null) {
      const remedy = 'write a country (ISO 3166) and, if need be, a state that it has: US, US-IN';
      refuse(place, `no holidays are known for "${region}"`, remedy, 'unknown-holidays');
      return null;
    }
    const names = except?.length ? holidayNames(findHolidays, region, sampleYear) : [];
    for (const [index, name] of (except ?? []).entries()) {
      if (names.includes(name)) continue;
      const remedy = wordRemedy(name, names, 'holidays');
      refuse(
        from.at([...path, 'except', index]),
        `${region} has no holiday "${name}"`,
        remedy,
        'unknown-holiday',
      );
    }
    return { region, types: types ?? ['public'], except: except ?? [] };
  };

  const own = rules.settings.holidays;
  const holidays =
    own === undefined ? null : (daysOf(own, { source, path: ['settings', 'holidays'] }) ?? noHolidays);
  const calendars = new Map<string, PlannedCalendar>();
  const add = (name: string, written: WrittenCalendar, at: At) => {
    const zone = written.zone ?? rules.settings['time-zone'];
    if (zone === undefined) {
      refuse(
        at.source.at(at.path),
        `it is not said in which time zone the calendar "${name}" is`,
        'name one in the settings (time-zone: America/New_York), or zone: in the calendar',
        'no-time-zone',
      );
    }
    const { holidays: said } = written;
    const days =
      said === 'none'
        ? null
        : said === undefined
          ? holidays
          : daysOf(said, { ...at, path: [...at.path, 'holidays'] });
    calendars.set(name, { name, written, zone: zone ?? 'utc', holidays: days });
  };

  for (const [name, written] of Object.entries(rules.calendars ?? {}))
    add(name, written, { source, path: ['calendars', name] });
  for (const [name, file] of files) {
    const parsed = file.data === undefined ? null : calendarShape.safeParse(file.data);
    if (!parsed?.success) {
      problems.push(...(parsed ? problemsOfShape(parsed.error, file) : file.problems));
      calendars.set(name, alwaysOpen(name));
    } else if (calendars.has(name)) {
      const message = `the calendar "${name}" stands in policy.yaml too`;
      refuse(file.at([]), message, 'keep one of them', 'duplicate-calendar');
    } else add(name, parsed.data, { source: file, path: [] });
  }
  return { planned: { calendars: [...calendars.values()], holidays }, problems };
}

export function buildCalendars(
  planned: PlannedCalendars,
  findHolidays: HolidayFinder | null,
): { readonly calendars: ReadonlyMap<string, Calendar>; readonly holidays: HolidayDays | null } {
  const daysOf = (choice: HolidayChoice | null) =>
    choice === null ? null : holidayDays(findHolidays ?? (() => null), choice);
  const calendars = planned.calendars.map(
    ({ name, written, zone, holidays }) => [name, compileCalendar(written, zone, daysOf(holidays))] as const,
  );
  return { calendars: new Map(calendars), holidays: daysOf(planned.holidays) };
}

/** The regions whose holidays are asked for. */
export function regionsOf({ calendars, holidays }: PlannedCalendars): string[] {
  const all = [...calendars.map((one) => one.holidays), holidays];
  return [...new Set(all.flatMap((one) => (one === null || one.region === '' ? [] : [one.region])))];
}
