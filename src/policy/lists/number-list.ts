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
   * @param e164 with plus
   * @param now epoch ms
   */
  find(e164: string, now: number): ListRow | null;
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
