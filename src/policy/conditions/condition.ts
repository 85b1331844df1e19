import type { z } from 'zod';
import type { NumberMap } from '../../numbers/number-map.ts';
import type { NumberPattern } from '../../numbers/number-pattern.ts';
import type { Region } from '../../numbers/phone-number.ts';
import type { ClaimedNames } from '../claimed-names.ts';
import type { Formula } from '../logic/formula.ts';
import type { NumberList } from '../number-list.ts';
import type { Calendar } from '../time/calendar.ts';
import type { HolidayDays } from '../time/holidays.ts';
import type { YamlPath } from '../yaml/yaml-source.ts';

/** What conditions may know of the policy while it is compiled. */
export interface CompileContext {
  readonly defaultRegion: Region;
  /** Countries that the organization calls its own: `country: ours`. */
  readonly ourCountries: readonly Region[];
  readonly lists: ReadonlyMap<string, NumberList>;
  readonly ownNumbers: NumberMap<true>;
  readonly ownPatterns: readonly NumberPattern[];
  readonly calendars: ReadonlyMap<string, Calendar>;
  /** IANA time zone of the organization, or null when the settings name none. */
  readonly timeZone: string | null;
  /** Public holidays of the organization, or null when the settings name no region. */
  readonly holidays: HolidayDays | null;
  /** Whom display names may claim to be. */
  readonly claimedNames: ClaimedNames;
  /** Lists of unused numbers of ours; empty: the settings name none. */
  readonly decoys: readonly string[];
  /** Names an error at `path`, which is relative to the condition's own value. */
  refuse(path: YamlPath, message: string, remedy: string, code: string): void;
}

export interface Condition {
  /** Where it stands in `when`: `['caller', 'in']`, or `['trunk']`. */
  readonly path: readonly [string] | readonly [string, string];
  readonly schema: z.ZodType;
  /** One sentence for the reference and for editors. */
  readonly about: string;
  /** What may stand under `when`, as YAML. */
  readonly example: string;
  /** What is asked, or null when the rule does not ask it. */
  compile(asked: unknown, context: CompileContext): Formula | null;
}

/** One condition of the registry, its value typed by its schema. */
export function defineCondition<T extends z.ZodType>(condition: {
  readonly path: Condition['path'];
  readonly schema: T;
  readonly about: string;
  readonly example: string;
  compile(asked: z.output<T>, context: CompileContext): Formula;
}): Condition {
  return {
    ...condition,
    schema: condition.schema.meta({ description: condition.about }),
    compile: (asked, context) =>
      asked === undefined ? null : condition.compile(asked as z.output<T>, context),
  };
}
