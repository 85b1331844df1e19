import type { NamesByGroup } from '../claimed-names.ts';
import type { Place } from '../problem.ts';
import type { Holiday } from '../time/holidays.ts';
import type { PlannedCalendars } from './compile-calendars.ts';
import type { PromptWords } from './compile-prompts.ts';
import type { RuleFile } from './rule-file.ts';

/** One rule as it was written, and its places in the file. */
export interface PlannedRule {
  readonly written: RuleFile['rules'][number];
  readonly place: Place;
  /** Where it sends a call to its end; null: nowhere. */
  readonly rejectPlace: Place | null;
}

/**
 * A policy as plain data: everything but its rules. A thread that has read and proven the files hands it over, because
 * the functions that it is built of cannot cross.
 */
export interface PolicyPlan {
  readonly version: string;
  readonly settings: RuleFile['settings'];
  readonly trunks: NonNullable<RuleFile['trunks']>;
  /** Places of `must-pass`, in order. */
  readonly mustPassPlaces: readonly Place[];
  readonly blockLists: readonly string[];
  readonly calendars: PlannedCalendars;
  readonly prompts: PromptWords;
  /** Left out: an older program packed the plan. */
  readonly claimedNames?: NamesByGroup;
}

/** Holidays by region and year, for a finder without its library. */
export type HolidayTable = readonly (readonly [region: string, year: number, holidays: readonly Holiday[]])[];
