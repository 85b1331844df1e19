/** A list row that has the number. */
export interface ListRow {
  readonly name: string | null;
}

/** A named set of numbers. What stores it is its own affair; a call asks only this. */
export interface NumberList {
  readonly id: string;
  /** Different numbers; a prefix or a range counts as one. */
  readonly size: number;
  /**
   * The row that has this number and has not expired, or null. The most exact row wins: the number itself, then the
   * longest prefix, then the range that begins last.
   * @param e164 with plus, or a short code
   * @param now epoch ms
   */
  find(e164: string, now: number): ListRow | null;
  readonly stats: ListStats;
  /** All numbers, rising, E.164 with plus or short codes; prefixes and ranges are left out. */
  numbers(): Iterable<string>;
  /** Prefixes and ranges. */
  readonly patterns: readonly PatternRow[];
  /** The first twenty. */
  readonly duplicates: readonly DuplicateRow[];
  /** Every row that has this number, expired ones included, the most exact first. @param now epoch ms */
  locate(e164: string, now: number): readonly ListEntry[];
}

/** Where a number stands in a list, for people who ask why. */
export interface ListEntry {
  /** `+13175550123`, `+1317555*` or `+13175550100..+13175550109`. */
  readonly pattern: string;
  readonly kind: 'exact' | 'prefix' | 'range';
  /** From 1. */
  readonly line: number;
  readonly name: string | null;
  readonly note: string | null;
  /** Epoch ms, or null: it never does. */
  readonly expiresAt: number | null;
  readonly expired: boolean;
}

export interface ListStats {
  /** Different numbers, without prefixes and ranges. */
  readonly numbers: number;
  readonly prefixes: number;
  readonly ranges: number;
  /** Rows that name a number which an earlier row has. */
  readonly duplicates: number;
  readonly badRows: number;
  /** Numbers of a complaint feed with fewer complaints than the list asks for. */
  readonly belowMinimum: number;
}

export interface DuplicateRow {
  /** E.164 with plus. */
  readonly number: string;
  readonly firstLine: number;
  readonly line: number;
}

/** A prefix or a range; times are epoch ms, null: never. */
export interface PatternRow {
  readonly kind: 'prefix' | 'range';
  /** The prefix, or the first number; E.164 with plus. */
  readonly from: string;
  /** The last number of a range; for a prefix the same as `from`. */
  readonly to: string;
  readonly line: number;
  readonly name: string | null;
  readonly note: string | null;
  readonly expiresAt: number | null;
}

/** In the place of a list whose file is missing. */
export function emptyNumberList(id: string): NumberList {
  const stats = { numbers: 0, prefixes: 0, ranges: 0, duplicates: 0, badRows: 0, belowMinimum: 0 };
  return {
    id,
    size: 0,
    stats,
    patterns: [],
    duplicates: [],
    find: () => null,
    numbers: () => [],
    locate: () => [],
  };
}
