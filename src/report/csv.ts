import { harmless } from './harmless.ts';

/** Where the comma is the decimal sign, spreadsheets part cells at semicolons, so that a formula may begin behind one. */
const behindSemicolon = /;(?=[\s"'\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/gu;

export type CsvCell = string | number | boolean | null;

/** What a spreadsheet takes for a formula, full-width signs and signs behind blanks or quotes included (OWASP, CSV injection). */
const formula = /^[\s"'\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r]/u;

/**
 * One record of RFC 4180, its CRLF included. A text that a spreadsheet could run is prefixed with `'`, behind a semicolon
 * too; control characters, line ends and direction marks become U+FFFD. Null is an empty cell.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * A phone number as a URI (RFC 3966), `tel:+13175550123`: the leading plus of E.164 would be computed, and the digits
 * rounded. Null stays null, what is no E.164 number stays as it is.
 */
export function csvNumber(number: string | null): string | null {
  return number?.startsWith('+') ? `tel:${number}` : number;
}

function csvCell(cell: CsvCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = (formula.test(cell) ? "'" : '') + harmless(cell.replace(behindSemicolon, ";'"));
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
