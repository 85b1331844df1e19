import { CsvError, parse } from 'csv-parse/sync';
import { type FileReader, isBlank, maxRecordBytes, newline, PieceJoiner, type RowSink } from './row-sink.ts';

const [quote, comma, hash] = [34, 44, 35];
const separators = [comma, 59, 9] as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** `odd`: csv-parse must read this record. `open`: its end has not come yet. */
type LineEnd = number | 'odd' | 'open';

/**
 * Csv (RFC 4180) with a header; lines that begin with `#` are comments. Lines without quotes, and cells in plain quotes,
 * are cut here, byte by byte; records with line breaks, doubled or stray quotes go to csv-parse one at a time.
 */
export class CsvReader implements FileReader {
  readonly #sink: RowSink;
  readonly #pieces = new PieceJoiner();
  #separator = comma;
  /** For each column the field it holds, or -1; null before the header. */
  #fieldOf: Int16Array | null = null;
  #from = new Int32Array(0);
  #to = new Int32Array(0);
  #line = 1;
  #failed = false;

  constructor(sink: RowSink) {
    this.#sink = sink;
  }

  push(piece: Uint8Array): void {
    if (this.#failed) return;
    const bytes = this.#pieces.join(piece);
    this.#pieces.keep(bytes.subarray(this.#read(bytes, false)));
  }

  end(): void {
    if (this.#failed) return;
    const bytes = this.#pieces.join(new Uint8Array([newline]));
    this.#read(bytes, true);
  }

  /** Reads whole records; where it stopped. */
  #read(bytes: Uint8Array, last: boolean): number {
    let at = 0;
    while (at < bytes.length && !this.#failed) {
      const first = bytes[at] as number;
      if (this.#fieldOf !== null && first !== hash) {
        const end = this.#cut(bytes, at, this.#fieldOf);
        if (typeof end === 'number') {
          this.#line++;
          at = end + 1;
          continue;
        }
        if (end === 'open' && !last && bytes.length - at < maxRecordBytes) return at;
      }
      const end = first === hash ? lineEnd(bytes, at) : this.#recordEnd(bytes, at);
      if (end < 0 && !last && bytes.length - at < maxRecordBytes) return at;
      const long = (end < 0 ? bytes.length : end) - at > maxRecordBytes;
      if (long) {
        this.#fail(
          this.#line,
          `a record is longer than ${maxRecordBytes} bytes`,
          'check the quotes of this line',
        );
        break;
      }
      const record = bytes.subarray(at, end < 0 ? bytes.length : end + 1);
      if (first === hash) this.#line++;
      else this.#readOdd(record);
      at += record.length;
    }
    return at;
  }

  /** Cuts the record at `at` and hands it on; its last byte is the newline whose place is returned. */
  #cut(bytes: Uint8Array, at: number, fieldOf: Int16Array): LineEnd {
    const separator = this.#separator;
    const length = bytes.length;
    this.#from.fill(0);
    this.#to.fill(0);
    let column = 0;
    let i = at;
    for (;;) {
      while (i < length && isBlank(bytes[i]) && bytes[i] !== separator) i++;
      let begin = i;
      let end: number;
      if (bytes[i] === quote) {
        begin = ++i;
        while (i < length && bytes[i] !== quote && bytes[i] !== newline) i++;
        if (i >= length - 1) return 'open';
        end = i++;
        if (bytes[i] === 13) i++;
        if (bytes[end] === newline || (bytes[i] !== separator && bytes[i] !== newline)) return 'odd';
      } else {
        while (i < length && bytes[i] !== separator && bytes[i] !== newline) i++;
        if (i >= length) return 'open';
        end = i;
      }
      const field = column < fieldOf.length ? (fieldOf[column] as number) : -1;
      if (field >= 0) {
        while (begin < end && isBlank(bytes[begin])) begin++;
        while (end > begin && isBlank(bytes[end - 1])) end--;
        this.#from[field] = begin;
        this.#to[field] = end;
      }
      if (bytes[i] === newline) break;
      column++;
      i++;
    }
    // A line with nothing in it is no row.
    if (column > 0 || !isEmpty(bytes, at, i)) this.#sink.row(bytes, this.#from, this.#to, this.#line, 1);
    return i;
  }

  /** Where the record's newline is, line breaks within quotes passed over; -1: not in these bytes. */
  #recordEnd(bytes: Uint8Array, at: number): number {
    let quoted = false;
    let cellBegins = true;
    const until = Math.min(bytes.length, at + maxRecordBytes + 2);
    for (let i = at; i < until; i++) {
      const byte = bytes[i] as number;
      if (quoted) {
        if (byte !== quote) continue;
        if (bytes[i + 1] === quote) i++;
        else quoted = false;
      } else if (byte === quote && cellBegins) quoted = true;
      else if (byte === newline) return i;
      else if (byte === this.#separator || (this.#fieldOf === null && separators.includes(byte as 9)))
        cellBegins = true;
      else if (!isBlank(byte)) cellBegins = false;
    }
    return until < bytes.length ? until : -1;
  }

  #readOdd(bytes: Uint8Array): void {
    const text = decoder.decode(bytes);
    if (this.#fieldOf === null) this.#separator = separatorOf(text);
    let records: string[][];
    try {
      records = parse(text, {
        delimiter: String.fromCharCode(this.#separator),
        relax_column_count: true,
        relax_quotes: true,
        skip_empty_lines: true,
        trim: true,
      }) as string[][];
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const line = this.#line + (typeof error.lines === 'number' ? error.lines : 1) - 1;
      // It is the record that began here; where the file ends helps nobody.
      this.#fail(
        error.code === 'CSV_QUOTE_NOT_CLOSED' ? this.#line : line,
        error.message,
        'check the quotes of this line',
      );
      return;
    }
    for (const record of records) this.#take(record);
    for (const byte of bytes) if (byte === newline) this.#line++;
  }

  #take(record: readonly string[]): void {
    if (this.#fieldOf === null) {
      const answer = this.#sink.header(record, this.#line);
      if (answer === null) {
        this.#failed = true;
        return;
      }
      const { columns, isRow } = answer;
      this.#fieldOf = new Int16Array(Math.max(record.length, ...columns.map((column) => column + 1))).fill(
        -1,
      );
      for (const [field, column] of columns.entries()) if (column >= 0) this.#fieldOf[column] = field;
      this.#from = new Int32Array(columns.length);
      this.#to = new Int32Array(columns.length);
      if (!isRow) return;
    }
    const cells = this.#from.length;
    const texts = Array.from({ length: cells }, (_, field) =>
      (record[this.#fieldOf?.indexOf(field) ?? -1] ?? '').trim(),
    );
    const joined = encoder.encode(texts.join(''));
    let at = 0;
    for (const [field, text] of texts.entries()) {
      this.#from[field] = at;
      at += encoder.encode(text).length;
      this.#to[field] = at;
    }
    this.#sink.row(joined, this.#from, this.#to, this.#line, 1);
  }

  #fail(line: number, message: string, remedy: string): void {
    this.#failed = true;
    this.#sink.failed(line, `not valid csv: ${message}`, remedy, 'csv-syntax');
  }
}

/** European spreadsheets write `;`, because their decimals have the comma. */
function separatorOf(header: string): number {
  return separators.find((one) => header.includes(String.fromCharCode(one))) ?? comma;
}

function lineEnd(bytes: Uint8Array, at: number): number {
  return bytes.indexOf(newline, at);
}

function isEmpty(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!isBlank(bytes[i])) return false;
  return true;
}
