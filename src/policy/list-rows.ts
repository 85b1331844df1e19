import { CsvError, parse } from 'csv-parse/sync';
import type { ListColumns, ListSource, WrittenRow } from './list-source.ts';
import type { Problem } from './problem.ts';
import { nearestWord } from './spelling.ts';

export interface WrittenRows {
  readonly rows: readonly WrittenRow[];
  readonly problems: readonly Problem[];
}

const defaultColumns: ListColumns = { number: 'number', name: 'name', expires: 'expires', note: 'note' };

/** One number a line, then, after a tab or two blanks, a name; `#` begins a comment. */
export function readTextRows({ text }: ListSource): WrittenRows {
  const rows: WrittenRow[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = line.replace(/#.*$/, '');
    const [number = '', ...name] = content.trim().split(/\t+| {2,}/);
    if (number === '') continue;
    const column = content.length - content.trimStart().length + 1;
    rows.push({ line: index + 1, column, number, name: name.join(' '), expires: '' });
  }
  return { rows, problems: [] };
}

/** Csv (RFC 4180) with a header; lines that begin with `#` are comments. */
export function readCsvRows(source: ListSource): WrittenRows {
  const failed = (line: number, message: string, remedy: string, code: string): WrittenRows => ({
    rows: [],
    problems: [{ severity: 'error', file: source.file, line, column: 1, message, remedy, code }],
  });
  let records: readonly { record: string[]; info: { lines: number } }[];
  try {
    records = parse(source.text, {
      bom: true,
      comment: '#',
      comment_no_infix: true,
      info: true,
      max_record_size: 64 * 1024,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    return failed(line, `not valid csv: ${error.message}`, 'check the quotes of this line', 'csv-syntax');
  }
  const [first, ...rest] = records;
  if (!first) return { rows: [], problems: [] };

  const header = first.record.map((cell) => cell.toLowerCase());
  const at = {} as Record<keyof ListColumns, number>;
  for (const key of Object.keys(defaultColumns) as (keyof ListColumns)[]) {
    const name = source.columns[key] ?? defaultColumns[key];
    at[key] = header.indexOf(name.toLowerCase());
    if (at[key] >= 0 || (key !== 'number' && source.columns[key] === undefined)) continue;
    const meant = nearestWord(name, first.record);
    const remedy = `${meant ? `did you mean "${meant}"? ` : ''}name the column under columns: of this list; the header has: ${first.record.join(', ').slice(0, 200)}`;
    return failed(
      first.info.lines,
      `the header has no column "${name}", which holds the ${key}`,
      remedy,
      'missing-column',
    );
  }
  const rows = rest.map(({ record, info }) => ({
    line: info.lines,
    column: 1,
    number: record[at.number] ?? '',
    name: record[at.name] ?? '',
    expires: record[at.expires] ?? '',
  }));
  return { rows, problems: [] };
}
