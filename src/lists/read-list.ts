import { CanonicalNumbers } from '../numbers/canonical-number.ts';
import { parseCallerPattern } from '../numbers/number-pattern.ts';
import type { Region } from '../numbers/phone-number.ts';
import { packNumber } from '../numbers/short-code.ts';
import { fileText } from './file-text.ts';
import { ListBuilder } from './held/list-builder.ts';
import type { ListImage, RowProblem } from './held/list-image.ts';
import { FileFault, type FileRow, type RowContext } from './readers/list-format.ts';
import { type ListReading, listFormats } from './readers/registry.ts';

/** Three times what organizations have; more does not fit in memory. */
const maxRows = 30_000_000;
/** They are kept and searched one by one; a list of numbers has a few. */
const maxPatterns = 10_000;
/** A wrong column makes a problem of every row. */
const maxProblems = 20;
const dayMs = 86_400_000;

export interface ReadList {
  /** See `PackedList`. When the file is bad it holds the rows above the fault. */
  readonly image: ListImage;
  /** The file cannot be used; the image's problems have the error. */
  readonly bad: boolean;
  readonly rows: number;
  readonly badRows: number;
}

/**
 * Reads one list. A bad row is named by its line and skipped; a file that cannot be read is an error among the problems.
 * Throws only what `file` throws.
 * @param file in pieces of any size, each with memory of its own
 */
export function readList(file: Iterable<Uint8Array>, reading: ListReading, region: Region): ReadList {
  return new ListReader(reading, region).read(file);
}

class ListReader {
  readonly #reading: ListReading;
  readonly #region: Region;
  readonly #numbers: CanonicalNumbers;
  readonly #builder = new ListBuilder();
  readonly #problems: RowProblem[] = [];
  #badRows = 0;
  #belowMinimum = 0;
  #notUtf8 = false;

  constructor(reading: ListReading, region: Region) {
    this.#reading = reading;
    this.#region = region;
    this.#numbers = new CanonicalNumbers(region);
  }

  read(file: Iterable<Uint8Array>): ReadList {
    const context: RowContext = {
      ...this.#reading,
      read: (text) => this.#number(text),
      skip: (line, message, remedy) => this.#skip({ line }, message, remedy),
      note: (line, message, remedy) => this.#warn(line, 1, message, remedy, 'not-read'),
      leftOut: (count) => {
        this.#belowMinimum += count;
      },
    };
    let bad = false;
    try {
      const text = fileText(file, (message, remedy) => {
        this.#notUtf8 = true;
        this.#warn(1, 1, message, remedy, 'not-utf8');
      });
      for (const row of listFormats[this.#reading.format].rows(text, context)) this.#take(row);
    } catch (error) {
      if (!(error instanceof FileFault)) throw error;
      const { line, message, remedy, code } = error;
      this.#problems.push({ severity: 'error', line, column: 1, message, remedy, code });
      bad = true;
    }
    const more = this.#badRows - maxProblems;
    if (more > 0) {
      const remedy = 'fix the rows above first; check that the column map names the right column';
      this.#warn(1, 1, `${more} more rows of this list were skipped`, remedy, 'bad-row');
    }
    const { rows } = this.#builder;
    const counts = { badRows: this.#badRows, belowMinimum: this.#belowMinimum };
    return { image: this.#builder.build(this.#problems, counts), bad, rows, badRows: this.#badRows };
  }

  #take(row: FileRow): void {
    const { line, name = '', expires = '', note = '' } = row;
    this.#refuseMore(line);
    const found = typeof row.number === 'number' ? row.number : this.#number(row.number);
    if (typeof found === 'object' && 'message' in found) {
      this.#skip(row, found.message, found.remedy);
      return;
    }
    if (!this.#notUtf8 && (name.includes('\uFFFD') || note.includes('\uFFFD'))) {
      this.#notUtf8 = true;
      const remedy = 'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")';
      this.#warn(line, 1, 'the file is not UTF-8; names in it may show wrong letters', remedy, 'not-utf8');
    }
    const expiresAt = expires === '' ? Number.POSITIVE_INFINITY : readExpiry(expires);
    if (expiresAt === null)
      this.#skip(row, `${JSON.stringify(expires.slice(0, 40))} is not a date`, 'write expires as 2027-03-31');
    else if (typeof found === 'number') this.#builder.addNumber(found, line, name, note, expiresAt);
    else
      this.#builder.addPattern({
        kind: found.kind,
        from: found.kind === 'prefix' ? found.prefix : found.from,
        to: found.kind === 'prefix' ? found.prefix : found.to,
        line,
        name: name || null,
        note: note || null,
        expiresAt: Number.isFinite(expiresAt) ? expiresAt : null,
      });
  }

  #number(text: string): ReturnType<RowContext['read']> {
    const canonical = this.#numbers.read(text);
    if (canonical > 0) return canonical;
    const result = parseCallerPattern(text, this.#region);
    if (!('pattern' in result)) return result;
    return result.pattern.kind === 'exact' ? packNumber(result.pattern.number) : result.pattern;
  }

  /** @throws FileFault the list is full */
  #refuseMore(line: number): void {
    const { rows, patterns } = this.#builder;
    if (patterns >= maxPatterns)
      throw new FileFault(
        line,
        `the list has ${maxPatterns} prefixes and ranges; more are not read`,
        'write shorter prefixes that cover the same numbers, or the numbers themselves',
        'too-many-patterns',
      );
    if (rows >= maxRows)
      throw new FileFault(
        line,
        `the list has ${maxRows} rows; more are not read`,
        'split the list',
        'too-many-rows',
      );
  }

  #skip({ line, column = 1 }: Pick<FileRow, 'line' | 'column'>, message: string, remedy: string): void {
    if (++this.#badRows <= maxProblems)
      this.#warn(line, column, `row skipped: ${message}`, remedy, 'bad-row');
  }

  #warn(line: number, column: number, message: string, remedy: string, code: string): void {
    this.#problems.push({ severity: 'warning', line, column, message, remedy, code });
  }
}

/** A date holds to the end of its day in UTC, a time with its zone to the second. Epoch ms; null: neither. */
export function readExpiry(text: string): number | null {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDate && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const at = Date.parse(isDate ? `${text}T00:00:00Z` : text);
  // Date.parse takes 31 February for 3 March.
  const rolledOver = isDate && !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) !== text;
  if (Number.isNaN(at) || rolledOver) return null;
  return isDate ? at + dayMs : at;
}
