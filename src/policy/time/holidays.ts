/** One holiday as its calendar tells it. */
export interface Holiday {
  /** First day, local: `2026-07-04`. */
  readonly date: string;
  /** How many days it lasts. */
  readonly days: number;
  readonly name: string;
  /** Of a day off for a holiday that falls on a weekend: the name of that holiday; null: it is the holiday itself. */
  readonly observes: string | null;
  /** `public`, `bank`, `school`, `optional`, `observance`. */
  readonly type: string;
}

/** Holidays of a year in a region (`US`, `US-IN`), or null when no such region is known. Given from outside: it is a big library. */
export type HolidayFinder = (region: string, year: number) => readonly Holiday[] | null;

/** Whether a local day (days since 1 January 1970) is a holiday. */
export type HolidayDays = (day: number) => boolean;

export interface HolidayChoice {
  readonly region: string;
  readonly types: readonly string[];
  /** Names of holidays on which the organization works. */
  readonly except: readonly string[];
}

const dayMs = 86_400_000;

/** Years are looked up when the first call of the year asks, and kept. */
export function holidayDays(find: HolidayFinder, choice: HolidayChoice): HolidayDays {
  const years = new Map<number, ReadonlySet<number>>();
  return (day) => {
    const year = new Date(day * dayMs).getUTCFullYear();
    let days = years.get(year);
    if (days === undefined) {
      // One that begins on the last of December runs into the year, and New Year's Day may be observed the day before.
      days = daysOf([year - 1, year, year + 1].flatMap((one) => chosen(find, choice, one)));
      years.set(year, days);
    }
    return days.has(day);
  };
}

/** Names of the holidays that a choice knows, over some years: not every one comes each year. */
export function holidayNames(find: HolidayFinder, region: string, year: number): string[] {
  const years = [year, year + 1, year + 2, year + 3];
  return [...new Set(years.flatMap((one) => find(region, one) ?? []).map(({ name }) => name))];
}

function chosen(find: HolidayFinder, { region, types, except }: HolidayChoice, year: number) {
  return (find(region, year) ?? []).filter(
    ({ type, name, observes }) =>
      types.includes(type) && !except.includes(name) && !(observes !== null && except.includes(observes)),
  );
}

function daysOf(holidays: readonly Holiday[]): ReadonlySet<number> {
  const days = new Set<number>();
  for (const { date, days: count } of holidays) {
    const first = Date.parse(`${date}T00:00:00Z`) / dayMs;
    for (let i = 0; i < count; i++) days.add(first + i);
  }
  return days;
}
