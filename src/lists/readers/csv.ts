import { type Info, type Parser, parse } from 'csv-parse';
import { nearestWord } from '../../text/spelling.ts';
import { filePieces, maxRecordBytes } from './file-pieces.ts';
import { FileFault, type ListFormat } from './list-format.ts';

const remedy = 'check the quotes of this line';

/** Csv (RFC 4180) with a header; lines that begin with `#` are comments. */
export const csv: ListFormat = {
  endings: ['.csv'],
  rows: (file, { columns, note }) =>
    csvRows(
      file,
      { number: 'number', name: 'name', expires: 'expires', note: 'note' },
      columns,
      (line, others) => {
        const numbers = others.filter((name) => holdsNumbers.test(name) && !/type|label/i.test(name));
        if (numbers.length > 0)
          note(
            line,
            `not read, though they may hold numbers too: ${numbers
              .map((name) => `"${name}"`)
              .join(', ')
              .slice(0, 200)}`,
            'declare the file again as another list whose columns: number: names that column',
          );
      },
    ),
};

const holdsNumbers = /phone|mobile|cell|\btel|fax|number/i;

/**
 * The fields of each row; empty where the file has no such column.
 * @param usual the column of each field. @param named other names, which must be there; `number` must be there anyhow
 * @param tellOthers is told the columns that are not read
 * @throws FileFault
 */
export function* csvRows<Field extends string>(
  file: Iterable<Uint8Array>,
  usual: Readonly<Record<Field, string>>,
  named: Partial<Record<Field, string>> = {},
  tellOthers: (line: number, columns: readonly string[]) => void = () => {},
): Generator<{ readonly line: number } & Readonly<Record<Field, string>>> {
  const fields = Object.keys(usual) as Field[];
  let places: readonly number[] | null = null;
  for (const { line, cells } of csvRecords(file)) {
    // What spreadsheets write for each other: `sep=;`.
    if (places === null && /^sep=.?$/i.test(cells.join(''))) continue;
    if (places === null) {
      places = fields.map((field) => columnOf(cells, line, field, named[field] ?? null, usual[field]));
      const read = new Set(places);
      tellOthers(
        line,
        cells.filter((_, place) => !read.has(place)),
      );
      continue;
    }
    const row: Record<string, string | number> = { line };
    for (let i = 0; i < fields.length; i++)
      row[fields[i] as Field] = cells[places[i] as number]?.trim() ?? '';
    yield row as { line: number } & Record<Field, string>;
  }
}

/** Place of the column, or -1: the file has none. */
function columnOf(
  header: readonly string[],
  line: number,
  field: string,
  named: string | null,
  usual: string,
): number {
  const name = named ?? usual;
  const place = header.findIndex((cell) => cell.toLowerCase() === name.toLowerCase());
  if (place >= 0 || (field !== 'number' && named === null)) return place;
  const meant = nearestWord(name, header);
  throw new FileFault(
    line,
    `the header has no column "${name}", which holds the ${field}`,
    `${meant ? `did you mean "${meant}"? ` : ''}name the column under columns: of this list; the header has: ${header.join(', ').slice(0, 200)}`,
    'missing-column',
  );
}

export interface CsvRecord {
  /** Where it begins, from 1. */
  readonly line: number;
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
      records.push({ line: lineOf(info), cells });
      recordLines += 1 + cells.reduce((sum, cell) => sum + breaksIn(cell, lineEnd), 0);
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
function separatorOf(begin: Buffer, lineEnd: string): string {
  const lines = begin.toString('latin1').split(lineEnd, 1000);
  const [, told] = /^sep=(.)\r?$/i.exec(lines[0] ?? '') ?? [];
  if (told !== undefined) return told;
  const header = lines.find((line) => /^[^#\s]/.test(line.trimStart())) ?? '';
  // A separator in a quoted name is none.
  const bare = header.replace(/"[^"]*"/g, '');
  return [',', ';', '\t'].find((separator) => bare.includes(separator)) ?? ',';
}
