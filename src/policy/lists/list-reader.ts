import type { ListReading } from '../list-source.ts';
import { parseNumberPattern } from '../number-pattern.ts';
import type { Region } from '../phone-number.ts';
import { nearestWord } from '../spelling.ts';
import { CanonicalNumbers } from './canonical-number.ts';
import { ComplaintTally, dayOf } from './complaint-tally.ts';
import { CsvReader } from './csv-reader.ts';
import { ListBuilder } from './list-builder.ts';
import { readExpiry } from './list-expiry.ts';
import type { PatternRow, RowProblem } from './list-image.ts';
import { type FileReader, type HeaderAnswer, isUtf16, type RowSink } from './row-sink.ts';
import { TextReader } from './text-reader.ts';

/** A wrong column makes a problem of every row; nobody reads more than these. */
const maxProblems = 20;
const decoder = new TextDecoder();

/** Default names of the fields, in their order: number first. */
const csvFields = { number: 'number', name: 'name', expires: 'expires', note: 'note' };
const ftcFields = {
  number: 'Company_Phone_Number',
  created: 'Created_Date',
  recorded: 'Recorded_Message_Or_Robocall',
};

export interface ReadList {
  /** See `PackedList`. When the file is bad it holds the rows above the fault. */
  readonly image: Uint8Array<ArrayBuffer>;
  /** The file cannot be used; `problems` has the error. */
  readonly bad: boolean;
  readonly rows: number;
  readonly badRows: number;
}

/**
 * Reads one list, piece by piece. A bad row is named by its line and skipped; a file that cannot be read is an error
 * among the problems. Never throws for what the file holds.
 */
export class ListReader {
  readonly #reading: ListReading;
  readonly #region: Region;
  readonly #numbers: CanonicalNumbers;
  readonly #builder = new ListBuilder();
  readonly #tally = new ComplaintTally();
  readonly #problems: RowProblem[] = [];
  readonly #file: FileReader;
  #badRows = 0;
  #failed = false;
  #begun = false;
  #strangeText = false;

  constructor(reading: ListReading, region: Region) {
    this.#reading = reading;
    this.#region = region;
    this.#numbers = new CanonicalNumbers(region);
    const ftc = reading.format === 'ftc-complaints';
    const sink: RowSink = {
      header: (cells, line) => this.#header(cells, line),
      row: ftc ? this.#complaint.bind(this) : this.#row.bind(this),
      failed: (line, message, remedy, code) => this.#fail(line, message, remedy, code),
    };
    this.#file = reading.format === 'text' ? new TextReader(sink) : new CsvReader(sink);
  }

  push(piece: Uint8Array): void {
    if (!this.#begun && piece.length > 0) {
      this.#begun = true;
      if (isUtf16(piece)) {
        const remedy = 'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")';
        this.#fail(1, 'the file is UTF-16, not UTF-8', remedy, 'not-utf8');
      }
    }
    if (!this.#failed) this.#file.push(piece);
  }

  end(): ReadList {
    if (!this.#failed) this.#file.end();
    const ftc = this.#reading.format === 'ftc-complaints';
    const belowMinimum = ftc ? this.#tally.fill(this.#builder, this.#reading.minComplaints) : 0;
    const more = this.#badRows - maxProblems;
    if (more > 0) {
      const remedy = 'put the rows above right first; check that the column map names the right column';
      this.#problem('warning', 1, 1, `${more} more rows of this list were skipped`, remedy, 'bad-row');
    }
    const counts = { badRows: this.#badRows, belowMinimum };
    const rows = ftc ? this.#tally.complaints : this.#builder.rows;
    const image = this.#builder.build(this.#problems, counts);
    return { image, bad: this.#failed, rows, badRows: this.#badRows };
  }

  #header(cells: readonly string[], line: number): HeaderAnswer | null {
    const { format, columns } = this.#reading;
    if (format === 'do-not-originate') {
      const isRow = 'pattern' in parseNumberPattern(cells[0] ?? '', this.#region);
      return { columns: [0, -1, -1, -1], isRow };
    }
    const defaults: Record<string, string> = format === 'ftc-complaints' ? ftcFields : csvFields;
    const named = columns as Record<string, string | undefined>;
    const header = cells.map((cell) => cell.toLowerCase());
    const found: number[] = [];
    for (const [field, usual] of Object.entries(defaults)) {
      const name = named[field] ?? usual;
      const column = header.indexOf(name.toLowerCase());
      found.push(column);
      if (column >= 0 || (field !== 'number' && named[field] === undefined)) continue;
      const meant = nearestWord(name, cells);
      const remedy = `${meant ? `did you mean "${meant}"? ` : ''}name the column under columns: of this list; the header has: ${cells.join(', ').slice(0, 200)}`;
      this.#fail(
        line,
        `the header has no column "${name}", which holds the ${field}`,
        remedy,
        'missing-column',
      );
      return null;
    }
    return { columns: found, isRow: false };
  }

  /** Fields: number, name, expires, note. */
  #row(bytes: Uint8Array, from: Int32Array, to: Int32Array, line: number, column: number): void {
    const canonical = this.#numbers.read(bytes, from[0] as number, to[0] as number);
    const alone = from[1] === to[1] && from[2] === to[2] && from[3] === to[3];
    if (alone && canonical > 0) {
      this.#builder.addNumber(canonical, line);
      return;
    }
    const cell = (field: number) => decoder.decode(bytes.subarray(from[field], to[field]));
    const pattern = canonical > 0 ? canonical : this.#pattern(cell(0), line, column);
    if (pattern === null) return;
    const [name, expires, note] = [cell(1), cell(2), cell(3)];
    if (!this.#strangeText && (name.includes('\uFFFD') || note.includes('\uFFFD')))
      this.#tellStrangeText(line);
    const expiresAt = readExpiry(expires);
    if (expiresAt === null) {
      const shown = JSON.stringify(expires.slice(0, 40));
      this.#skip(line, column, `${shown} is not a date`, 'write expires as 2027-03-31');
    } else if (typeof pattern === 'number') {
      this.#builder.addNumber(pattern, line);
      const more = name !== '' || note !== '' || Number.isFinite(expiresAt);
      if (more) this.#builder.addDetails(name, note, expiresAt);
    } else {
      const until = Number.isFinite(expiresAt) ? expiresAt : null;
      this.#builder.addPattern({
        ...pattern,
        line,
        name: name || null,
        note: note || null,
        expiresAt: until,
      });
    }
  }

  /** Fields: number, created, recorded. Many complaints name no number. */
  #complaint(bytes: Uint8Array, from: Int32Array, to: Int32Array, line: number, column: number): void {
    if (from[0] === to[0]) return;
    const canonical = this.#numbers.read(bytes, from[0] as number, to[0] as number);
    const cell = (field: number) => decoder.decode(bytes.subarray(from[field], to[field]));
    const number = canonical > 0 ? canonical : this.#pattern(cell(0), line, column);
    if (typeof number === 'number') this.#tally.add(number, line, dayOf(cell(1)), /^y/i.test(cell(2)));
    else if (number !== null)
      this.#skip(line, column, 'a complaint names one number', 'check that the format is right');
  }

  /** A number without its plus, a prefix or a range; null when it is none of them, which has been noted. */
  #pattern(
    text: string,
    line: number,
    column: number,
  ): number | Pick<PatternRow, 'kind' | 'from' | 'to'> | null {
    const result = parseNumberPattern(text, this.#region);
    if (!('pattern' in result)) {
      this.#skip(line, column, result.message, result.remedy);
      return null;
    }
    const { pattern } = result;
    if (pattern.kind === 'exact') return Number(pattern.number);
    return pattern.kind === 'prefix' ? { kind: 'prefix', from: pattern.prefix, to: pattern.prefix } : pattern;
  }

  #tellStrangeText(line: number): void {
    this.#strangeText = true;
    const remedy = 'save the file as UTF-8 (in a spreadsheet: "CSV UTF-8")';
    const message = 'the file is not UTF-8; names in it may show wrong letters';
    this.#problem('warning', line, 1, message, remedy, 'not-utf8');
  }

  #skip(line: number, column: number, message: string, remedy: string): void {
    if (++this.#badRows <= maxProblems)
      this.#problem('warning', line, column, `row skipped: ${message}`, remedy, 'bad-row');
  }

  #fail(line: number, message: string, remedy: string, code: string): void {
    this.#failed = true;
    this.#problem('error', line, 1, message, remedy, code);
  }

  #problem(...[severity, line, column, message, remedy, code]: ProblemWords): void {
    this.#problems.push({ severity, line, column, message, remedy, code });
  }
}

type ProblemWords = [RowProblem['severity'], number, number, string, string, string];
