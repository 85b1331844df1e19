import { visibleText } from './visible-text.ts';

/** Where the comma is the decimal sign, spreadsheets split cells at semicolons, so a formula may start after one. */
const behindSemicolon = /;(?=[\s"'\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/gu;

export type CsvCell = string | number | boolean | null;

/** What a spreadsheet takes for a formula, also with full-width signs, or after blanks or quotes (OWASP, CSV injection). */
const formula = /^[\s"'\p{Cc}\p{Cf}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r]/u;

/**
 * One record of RFC 4180, its CRLF included. Text that a spreadsheet could run is prefixed with `'`, also after a
 * semicolon; control characters, line ends and direction marks become U+FFFD. Null is an empty cell.
 */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map((cell) => csvCell(cell)).join(',')}\r\n`;
}

/**
 * A phone number as a URI (RFC 3966), `tel:+13175550123`: a spreadsheet would compute the plus of E.164 and round
 * the digits. Null stays null; what is not E.164 stays as it is.
 */
export function csvNumber(number: string | null): string | null {
  return number?.startsWith('+') ? `tel:${number}` : number;
}

/** One cell of it. A record that begins with `#` would be a comment where lists are read, so that is quoted too. */
export function csvCell(cell: CsvCell, separator = ','): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = (formula.test(cell) ? "'" : '') + visibleText(cell.replace(behindSemicolon, ";'"));
  const isQuoted = text.includes(separator) || /^#|[",\r\n]|^\s|\s$/.test(text);
  return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}
