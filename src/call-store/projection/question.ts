import type { SqlValues } from './sql-database.ts';

export interface Question {
  readonly sql: string;
  readonly values: SqlValues;
}

/** Calls of the time that is asked for, from the values `since` and `until`, epoch ms. */
export const inTime = 'arrived >= $since AND arrived < $until';

/** Zones differ from UTC by whole quarters of an hour. */
export const quarterMs = 900_000;
