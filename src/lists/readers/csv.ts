import { type Info, type Parser, parse } from 'csv-parse';
import { type CsvLayout, layoutOf, placeOf, placeThere } from './csv-columns.ts';
import { filePieces, maxRecordBytes } from './file-pieces.ts';
import {
  FileFault,
  type FileRow,
  type ListColumns,
  type ListFormat,
  type RowContext,
} from './list-format.ts';

const remedy = 'check the quotes of this line';

/** Csv (RFC 4180) with a header; lines that begin with `#` are comments. A row has a number, or several in several columns. */
export const csv: ListFormat = {
  endings: ['.csv'],
  *rows(file, context) {
    for (const { record, layout, isHeader } of laidOutRecords(file, context.columns)) {
      const { cells, line } = record;
      if (isHeader) noteOthers(cells, line, layout, context);
      else yield* rowsOf(cells, line, layout, context);
    }
  },
};

/** The records of a file with a header, which is the first of them. @throws FileFault */
export function* laidOutRecords(
  file: Iterable<Uint8Array>,
  columns: Partial<ListColumns>,
): Generator<{ readonly record: CsvRecord; readonly layout: CsvLayout; readonly isHeader: boolean }> {
  let layout: CsvLayout | null = null;
  for (const record of headedRecords(file)) {
    const isHeader = layout === null;
    layout ??= layoutOf(record.cells, record.line, columns);
    yield { record, layout, isHeader };
  }
}

/** The numbers of a record. Google Contacts separates several of one label so. */
export function numbersOf(cells: readonly string[], { numbers }: CsvLayout): ReadonlySet<string> {
  return new Set(numbers.flatMap((place) => (cells[place]?.trim() ?? '').split(' ::: ')).filter(Boolean));
}

const holdsNumbers = /phone|mobile|cell|\btel|fax|number/i;
const holdsNone = /type|label|extension|flags|speeddial|locale|phonetic/i;

function noteOthers(
  header: readonly string[],
  line: number,
  { numbers }: CsvLayout,
  { note }: RowContext,
): void {
  const others = header.filter(
    (column, at) => !numbers.includes(at) && holdsNumbers.test(column) && !holdsNone.test(column),
  );
  if (others.length > 0)
    note(
      line,
      `not read, though they may hold numbers too: ${others
        .map((name) => `"${name}"`)
        .join(', ')
        .slice(0, 200)}`,
      'name all columns of numbers under columns: of this list, as number: [Phone, Mobile]',
    );
}

function* rowsOf(
  cells: readonly string[],
  line: number,
  layout: CsvLayout,
  { skip }: RowContext,
): Generator<FileRow> {
  // Spreadsheets write rows of nothing but separators.
  if (cells.every((cell) => cell.trim() === '')) return;
  const text = (place: number) => cells[place]?.trim() ?? '';
  const names = layout.names.map((places) => places.map(text).filter(Boolean).join(' '));
  const name = (names.find((one) => one !== '') ?? '').replace(/\s+/g, ' ');
  const row = { line, name, expires: text(layout.expires), note: text(layout.note) };
  const numbers = numbersOf(cells, layout);
  if (numbers.size === 0) skip(line, 'it has no number', 'give it a number, or take the row out');
  for (const number of numbers) yield { ...row, number };
}

/**
 * The fields of each row; empty where the file has no such column.
 * @param columns the column of each field; that of the number must be there
 * @throws FileFault
 */
export function* csvRows<Field extends string>(
  file: Iterable<Uint8Array>,
  columns: Readonly<Record<Field | 'number', string>>,
): Generator<{ readonly line: number } & Readonly<Record<Field | 'number', string>>> {
  const fields = Object.keys(columns) as (Field | 'number')[];
  let places: readonly number[] | null = null;
  for (const { line, cells } of headedRecords(file)) {
    if (places === null) {
      placeThere(cells, line, 'number', columns.number);
      places = fields.map((field) => placeOf(cells, columns[field]));
      continue;
    }
    const row: Record<string, string | number> = { line };
    for (let i = 0; i < fields.length; i++)
      row[fields[i] as Field] = cells[places[i] as number]?.trim() ?? '';
    yield row as { line: number } & Record<Field | 'number', string>;
  }
}

/** The header, then the rows: without empty rows above it, and the line `sep=;` that spreadsheets write for each other. */
function* headedRecords(file: Iterable<Uint8Array>): Generator<CsvRecord> {
  let isFirst = true;
  for (const record of csvRecords(file)) {
    if (isFirst && /^(?:sep=.?)?$/i.test(record.cells.join('').trim())) continue;
    isFirst = false;
    yield record;
  }
}

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
  /** How many lines it takes: quoted text may have line ends. */
  readonly lines: number;
  readonly cells: readonly string[];
}

/**
 * The records of a csv file by csv-parse's stream, which reads each piece while it is written. @throws FileFault
 */
export function* csvRecords(file: Iterable<Uint8Array>): Generator<CsvRecord> {
  const { first, pieces, lineEnd } = filePieces(file);
  const records: CsvRecord[] = [];
  let recordLines = 0;
  // csv-parse counts a return and newline within quotes as two lines.
  const lineOf = ({ comment_lines, empty_lines }: Info) => 1 + recordLines + comment_lines + empty_lines;
  const parser = parse({
    comment: '#',
    comment_no_infix: true,
    delimiter: separatorOf(first, lineEnd),
    record_delimiter: lineEnd === '\r' ? ['\r'] : ['\n', '\r\n'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: true,
    on_record: (cells: string[], info) => {
      const lines = 1 + cells.reduce((sum, cell) => sum + breaksIn(cell, lineEnd), 0);
      records.push({ line: lineOf(info), lines, cells });
      recordLines += lines;
      return null;
    },
  });
  // `write` sets `errored`; without a listener the event would end the process.
  parser.on('error', () => undefined);
  const fault = (message: string) =>
    new FileFault(lineOf(parser.info), `not valid csv: ${message}`, remedy, 'csv-syntax');
  let read = 0;
  let unread = 0;
  for (const piece of pieces) {
    parser.write(piece);
    yield* records.splice(0);
    if (parser.errored) throw fault(parser.errored.message);
    const done = linesRead(parser);
    unread = done === read ? unread + piece.length : 0;
    read = done;
    if (unread > maxRecordBytes) throw fault(`a record is longer than ${maxRecordBytes} bytes`);
  }
  // Ends the last record, and is more than the parser looks ahead.
  parser.write(lineEnd.repeat(16));
  yield* records;
  if (parser.errored) throw fault(parser.errored.message);
  if (linesRead(parser) === read) throw fault('a quote is not closed');
  parser.destroy();
}

/** Grows with each record, comment and empty line. */
function linesRead({ info }: Parser): number {
  return info.records + info.comment_lines + info.empty_lines;
}

function breaksIn(cell: string, lineEnd: string): number {
  return cell.includes(lineEnd) ? cell.split(lineEnd).length - 1 : 0;
}

/** European spreadsheets write `;`, because their decimals have the comma; a first line `sep=;` says so. */
export function separatorOf(begin: Buffer, lineEnd: string): string {
  const lines = begin.toString('latin1').split(lineEnd, 1000);
  const [, told] = /^sep=(.)\r?$/i.exec(lines[0] ?? '') ?? [];
  if (told !== undefined) return told;
  const header = lines.find((line) => /^[^#\s]/.test(line.trimStart())) ?? '';
  // A separator in a quoted name is none.
  const bare = header.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return [',', ';', '\t', '|'].reduce((best, one) => (count(one) > count(best) ? one : best));
}
