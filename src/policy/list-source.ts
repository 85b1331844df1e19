/** Which column of a csv file holds what, by its header; capital and small letters are the same. */
export interface ListColumns {
  readonly number: string;
  readonly name: string;
  readonly expires: string;
  readonly note: string;
}

export interface ListSource {
  readonly id: string;
  /** As the user typed it, for messages. */
  readonly file: string;
  /** Read as csv when the file is called so, else as one number a line. */
  readonly text: string;
  /** Column names that the organisation chose; a column that is named must be there. */
  readonly columns: Partial<ListColumns>;
}

/** One row as written, before its number is read. */
export interface WrittenRow {
  readonly line: number;
  readonly column: number;
  readonly number: string;
  readonly name: string;
  readonly expires: string;
}
