/** Which column of a csv file holds what, by its header; capital and small letters are the same. */
export interface ListColumns {
  readonly number: string;
  readonly name: string;
  readonly expires: string;
  readonly note: string;
}

/**
 * `csv`: with a header, see `ListColumns`. `text`: one number a line. `do-not-originate`: csv with or without a header,
 * the number in the first column. `ftc-complaints`: the complaint csv of the Federal Trade Commission, a row a complaint.
 */
export const listFormats = ['csv', 'text', 'do-not-originate', 'ftc-complaints'] as const;
export type ListFormat = (typeof listFormats)[number];

/** How the rows of a list are read. */
export interface ListReading {
  readonly format: ListFormat;
  /** Column names that the organisation chose; a column that is named must be there. */
  readonly columns: Partial<ListColumns>;
  /** Of `ftc-complaints`: numbers with fewer complaints are left out. */
  readonly minComplaints: number;
}

export interface ListSource {
  readonly id: string;
  /** As the user typed it, for messages. */
  readonly file: string;
  readonly text: string;
  readonly columns: Partial<ListColumns>;
  /** Left out: csv when the file is called so, else text. */
  readonly format?: ListFormat;
  readonly minComplaints?: number;
}

/** One complaint shows little: callers forge numbers of people who never called. */
export const defaultMinComplaints = 3;

/** What a file of this name holds, when nobody says otherwise. */
export function formatByName(file: string): ListFormat {
  return file.toLowerCase().endsWith('.csv') ? 'csv' : 'text';
}
