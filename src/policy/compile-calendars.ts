import type { HolidayDays, HolidayFinder } from './holidays.ts';
import { holidayDays, holidayNames } from './holidays.ts';
import type { Place, Problem } from './problem.ts';
import type { RuleFile } from './rule-file.ts';
import { problemsOfShape } from './shape-problems.ts';
import { wordRemedy } from './spelling.ts';
import { type Calendar, calendarShape, compileCalendar, type WrittenCalendar } from './time/calendar.ts';
import type { WrittenHolidays } from './time/time-words.ts';
import type { YamlPath, YamlSource } from './yaml-source.ts';

export interface CalendarSources {
  readonly rules: RuleFile;
  readonly source: YamlSource;
  /** Files of `calendars/` by the name of the calendar, read. */
  readonly files: ReadonlyMap<string, YamlSource>;
  readonly findHolidays: HolidayFinder | null;
}

/** A year in which every region has its holidays; only their names are asked for. */
const sampleYear = 2026;

type At = { readonly source: YamlSource; readonly path: YamlPath };

/** Calendars of policy.yaml and of `calendars/`, and the holidays of the settings. */
export function compileCalendars({ rules, source, files, findHolidays }: CalendarSources): {
  readonly calendars: ReadonlyMap<string, Calendar>;
  readonly holidays: HolidayDays | null;
  readonly problems: readonly Problem[];
} {
  const problems: Problem[] = [];
  const refuse = (place: Place, message: string, remedy: string, code: string) =>
    problems.push({ severity: 'error', ...place, message, remedy, code });

  const daysOf = (written: WrittenHolidays, { source: from, path }: At): HolidayDays | null => {
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
    return holidayDays(findHolidays, { region, types: types ?? ['public'], except: except ?? [] });
  };

  const own = rules.settings.holidays;
  // Refused holidays are none, so that rules which ask for them are not complained of as well.
  const holidays =
    own === undefined ? null : (daysOf(own, { source, path: ['settings', 'holidays'] }) ?? (() => false));
  const calendars = new Map<string, Calendar>();
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
    calendars.set(name, compileCalendar(written, zone ?? 'utc', days));
  };

  for (const [name, written] of Object.entries(rules.calendars ?? {}))
    add(name, written, { source, path: ['calendars', name] });
  for (const [name, file] of files) {
    const parsed = file.data === undefined ? null : calendarShape.safeParse(file.data);
    if (!parsed?.success) {
      problems.push(...(parsed ? problemsOfShape(parsed.error, file) : file.problems));
      // So that rules which name it are not complained of as well.
      calendars.set(name, compileCalendar({ open: [{}] }, 'utc', null));
    } else if (calendars.has(name)) {
      const message = `the calendar "${name}" stands in policy.yaml too`;
      refuse(file.at([]), message, 'keep one of them', 'duplicate-calendar');
    } else add(name, parsed.data, { source: file, path: [] });
  }
  return { calendars, holidays, problems };
}
