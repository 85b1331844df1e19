import { CanonicalNumbers } from '../../numbers/canonical-number.ts';
import { parseCallerPattern, patternWords } from '../../numbers/number-pattern.ts';
import { firstCodePoints, type Region } from '../../numbers/phone-number.ts';
import { readShortCode, unpackNumber } from '../../numbers/short-code.ts';
import { csvCell } from '../../text/csv-lines.ts';
import { visibleText } from '../../text/visible-text.ts';
import { fileText } from '../file-text.ts';
import { readExpiry } from '../read-list.ts';
import { laidOutRecords, numbersOf, separatorOf } from '../readers/csv.ts';
import type { CsvLayout } from '../readers/csv-columns.ts';
import { filePieces } from '../readers/file-pieces.ts';
import type { ListReading } from '../readers/registry.ts';
import { textRows } from '../readers/text.ts';
import { EditRefused, type RowTexts } from './row-edit.ts';

const maxNameLength = 80;
const maxNoteLength = 200;

/** Where a number stands in a file. */
export interface FoundRow {
  /** From 1. */
  readonly line: number;
  readonly lines: number;
  /** True: the same record has other numbers too. */
  readonly isShared: boolean;
  readonly isExpired: boolean;
}

/** How rows of a file are written. */
export interface FileForm {
  readonly lineEnd: '\n' | '\r' | '\r\n';
  /** The rows that have the number. */
  readonly found: readonly FoundRow[];
  /** A new row without its line end. @throws EditRefused the file has no place for what it should say */
  row(key: string, texts: RowTexts): string;
}

/** Any writing of a number, prefix or range as `patternWords` has it; null: it is none. */
export function keyOf(
  text: string,
  region: Region,
  numbers: CanonicalNumbers = new CanonicalNumbers(region),
): string | null {
  const canonical = numbers.read(text);
  if (canonical > 0) return unpackNumber(canonical);
  const result = parseCallerPattern(text, region);
  return 'pattern' in result ? patternWords(result.pattern) : null;
}

/** A number as files have it: a short code that could be something else is told. */
function writtenKey(key: string, region: Region): string {
  return /^\d+$/.test(key) && readShortCode(key, region) !== key ? `short:${key}` : key;
}

/** Formats that rows can be added to. */
export function isWritable({ format }: ListReading): boolean {
  return format === 'text' || format === 'csv';
}

/**
 * Reads a list file to change it.
 * @param open its bytes, from the beginning each time
 * @throws FileFault it cannot be read. @throws EditRefused it cannot be changed
 */
export function readForm(
  open: () => Iterable<Uint8Array>,
  { reading, region, key, now }: { reading: ListReading; region: Region; key: string; now: number },
): FileForm {
  mustBePlain(open);
  let isNotUtf8 = false;
  const text = () =>
    fileText(open(), () => {
      isNotUtf8 = true;
    });
  const { first, lineEnd: end } = firstOf(text());
  const lineEnd = end === '\n' && first.subarray(0, first.indexOf('\n')).includes('\r') ? '\r\n' : end;
  const plain = (row: string) => (isNotUtf8 ? asAscii(row) : row);
  if (reading.format === 'text') {
    const found = rowsOfText(text(), key, region);
    return { lineEnd, found, row: (of, texts) => plain(textRow(writtenKey(of, region), texts)) };
  }
  const { found, layout, width } = rowsOfCsv(text(), { reading, region, key, now });
  if (layout === null) throw new EditRefused('the file has no header that names its columns');
  const form = { layout, width, separator: separatorOf(first, end) };
  return { lineEnd, found, row: (of, texts) => plain(csvRow(writtenKey(of, region), texts, form)) };
}

/** Packed and wide files would have to be written anew as a whole. */
function mustBePlain(open: () => Iterable<Uint8Array>): void {
  for (const [a, b] of open()) {
    if (a === 0x1f && b === 0x8b)
      throw new EditRefused('the file is packed (gzip); unpack it to change it here');
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || a === 0 || b === 0)
      throw new EditRefused('the file is UTF-16; save it as UTF-8 to change it here');
    return;
  }
}

function firstOf(file: Generator<Uint8Array>): ReturnType<typeof filePieces> {
  const pieces = filePieces(file);
  file.return(undefined);
  return pieces;
}

function rowsOfText(file: Iterable<Uint8Array>, key: string, region: Region): FoundRow[] {
  const found: FoundRow[] = [];
  const canonical = new CanonicalNumbers(region);
  for (const { line, number } of textRows(file))
    if (keyOf(String(number), region, canonical) === key)
      found.push({ line, lines: 1, isShared: false, isExpired: false });
  return found;
}

function textRow(number: string, { name, note, expiresAt }: RowTexts): string {
  if (expiresAt !== null)
    throw new EditRefused('a text file has no place for the day on which a row ends; a csv file has');
  // `#` begins a comment, and two blanks end the number.
  const named = lineOf((name ?? '').replaceAll('#', ' '), maxNameLength);
  return `${number}${named === '' ? '' : `  ${named}`}  # ${lineOf(note, maxNoteLength)}`;
}

interface CsvForm {
  readonly layout: CsvLayout;
  /** Columns of the header. */
  readonly width: number;
  readonly separator: string;
}

function rowsOfCsv(
  file: Iterable<Uint8Array>,
  { reading, region, key, now }: { reading: ListReading; region: Region; key: string; now: number },
) {
  const found: FoundRow[] = [];
  const canonical = new CanonicalNumbers(region);
  let layout: CsvLayout | null = null;
  let width = 0;
  for (const one of laidOutRecords(file, reading.columns)) {
    const { cells, line, lines } = one.record;
    layout = one.layout;
    if (one.isHeader) {
      width = cells.length;
      continue;
    }
    const keys = [...numbersOf(cells, layout)].map((text) => keyOf(text, region, canonical));
    if (!keys.includes(key)) continue;
    const expires = cells[layout.expires]?.trim() ?? '';
    const until = expires === '' ? Number.POSITIVE_INFINITY : (readExpiry(expires) ?? 0);
    found.push({ line, lines, isShared: keys.some((other) => other !== key), isExpired: until <= now });
  }
  return { found, layout, width };
}

function csvRow(
  number: string,
  { name, note, expiresAt }: RowTexts,
  { layout, width, separator }: CsvForm,
): string {
  if (expiresAt !== null && layout.expires < 0)
    throw new EditRefused('the file has no column "expires" for the day on which a row ends');
  const cells = new Array<string>(Math.max(width, 1)).fill('');
  const put = (place: number | undefined, text: string) => {
    if (place !== undefined && place >= 0) cells[place] = csvCell(text, separator);
  };
  put(layout.names[0]?.[0], lineOf(name ?? '', maxNameLength));
  put(layout.note, lineOf(note, maxNoteLength));
  put(layout.expires, expiresAt === null ? '' : writtenExpiry(expiresAt));
  // As it is: `csvCell` would take its plus for a formula.
  cells[layout.numbers[0] ?? 0] = number;
  return cells.join(separator);
}

/** To the second, as lists are read. */
function writtenExpiry(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

function lineOf(text: string, length: number): string {
  return firstCodePoints(visibleText(text, 'space'), length);
}

/** Right in every encoding that the file may have. */
function asAscii(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e\t]/gu, '?');
}
