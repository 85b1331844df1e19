import type { Holiday, HolidayFinder } from '../policy/time/holidays.ts';

const dayMs = 86_400_000;
/** A clock change within a holiday takes or adds an hour; one that begins at sunset is not a day more for it. */
const slackMs = 3 * 3_600_000;

let finder: Promise<HolidayFinder> | null = null;

/**
 * Public holidays by date-holidays, which is loaded for those rule sets that ask for it: it takes a tenth of a second.
 * What was found is kept: a year of holidays takes milliseconds.
 */
export function holidayFinder(): Promise<HolidayFinder> {
  finder ??= loadFinder();
  return finder;
}

async function loadFinder(): Promise<HolidayFinder> {
  const { default: Holidays } = await import('date-holidays');
  const all = new Holidays();
  const calendars = new Map<string, InstanceType<typeof Holidays> | null>();
  const calendarOf = (region: string) => {
    let found = calendars.get(region);
    if (found === undefined) {
      const [country = '', state, part] = region.split('-');
      const isKnown =
        country in all.getCountries() &&
        (state === undefined || state in (all.getStates(country) ?? {})) &&
        (part === undefined || part in (all.getRegions(country, state ?? '') ?? {}));
      found = isKnown ? new Holidays(country, state ?? '', part ?? '') : null;
      calendars.set(region, found);
    }
    return found;
  };
  const found = new Map<string, readonly Holiday[] | null>();
  return (region, year) => {
    const key = `${region} ${year}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const holidays = holidaysOf(calendarOf(region), year);
    found.set(key, holidays);
    return holidays;
  };
}

interface YearOfHolidays {
  getHolidays(
    year: number,
  ): { date: string; start: Date; end: Date; name: string; type: string; substitute?: boolean }[];
}

function holidaysOf(calendar: YearOfHolidays | null, year: number): readonly Holiday[] | null {
  if (calendar === null) return null;
  return calendar.getHolidays(year).map(({ date, start, end, name, type, substitute }) => ({
    date: date.slice(0, 10),
    days: Math.max(1, Math.floor((end.getTime() - start.getTime() + slackMs) / dayMs)),
    name,
    // date-holidays: `Independence Day (substitute day)`.
    observes: substitute === true ? name.replace(/ *[(（][^()（）]*[)）]$/, '') : null,
    type,
  }));
}
