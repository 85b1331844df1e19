import type { NumberPattern } from '../../numbers/number-pattern.ts';

/** One row of a list, as its file has it. */
export interface FileRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly column?: number;
  /** A number in any writing, a prefix or a range; or what `packNumber` makes of a number. */
  readonly number: string | number;
  readonly name?: string;
  /** A date or a time; empty: never. */
  readonly expires?: string;
  readonly note?: string;
}

/** Which column of a csv file holds what, by its header; case does not matter. */
export interface ListColumns {
  /** Several: each that is not empty is a row. */
  readonly number: string | readonly string[];
  readonly name: string;
  readonly expires: string;
  readonly note: string;
}

export interface FormatOptions {
  /** Column names that policy.yaml gives; each must be there. */
  readonly columns: Partial<ListColumns>;
  /** Of complaints: numbers with fewer are left out. */
  readonly minComplaints: number;
}

/** What a format asks of the list that it fills. */
export interface RowContext extends FormatOptions {
  /** One number as `packNumber` has it, a prefix or range, or why it is neither. */
  read(text: string): number | Exclude<NumberPattern, { kind: 'exact' }> | BadNumber;
  /** The row in this line is bad, and skipped. */
  skip(line: number, message: string, remedy: string): void;
  /** Something of the file is not read; its rows are. */
  note(line: number, message: string, remedy: string): void;
  /** So many numbers had too few complaints. */
  leftOut(count: number): void;
}

export interface BadNumber {
  readonly message: string;
  readonly remedy: string;
}

/** How files of one format are read. To add one: a file that exports this, and its line in registry.ts. */
export interface ListFormat {
  /** A file whose name ends so has this format unless policy.yaml names another. */
  readonly endings: readonly string[];
  /**
   * @param file in pieces of any size, each with memory of its own
   * @throws FileFault the file cannot be used; rows until then are kept
   */
  rows(file: Iterable<Uint8Array>, context: RowContext): Iterable<FileRow>;
}

/** Why a whole file cannot be used. */
export class FileFault extends Error {
  readonly line: number;
  readonly remedy: string;
  readonly code: string;

  constructor(line: number, message: string, remedy: string, code: string) {
    super(message);
    this.name = 'FileFault';
    this.line = line;
    this.remedy = remedy;
    this.code = code;
  }
}
