import { readCsvRows, readTextRows } from './list-rows.ts';
import type { ListSource, WrittenRow } from './list-source.ts';
import { NumberMap } from './number-map.ts';
import { type NumberPattern, parseNumberPattern } from './number-pattern.ts';
import { firstCodePoints, type Region } from './phone-number.ts';
import type { Problem } from './problem.ts';

/** A named set of numbers. What stores it is its own affair; a call asks only this. */
export interface NumberList {
  readonly id: string;
  /** Rows; a prefix or a range counts as one. */
  readonly size: number;
  /**
   * The row that has this number and has not expired, or null.
   * @param e164 with plus
   * @param now epoch ms
   */
  find(e164: string, now: number): { readonly name: string | null } | null;
}

interface Row {
  readonly name: string | null;
  /** Epoch ms; infinite when it never does. */
  readonly expiresAt: number;
}

const maxName = 80;
/** A wrong column makes a problem of every row; nobody reads more than these. */
const maxProblems = 20;

/** A bad row is named by file and line and skipped; a file that cannot be read is an error. Never throws. */
export function compileList(
  source: ListSource,
  region: Region,
): { readonly list: NumberList; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  let bad = 0;
  const skip = (row: WrittenRow, message: string, remedy: string) => {
    if (++bad > maxProblems) return;
    const place = { file: source.file, line: row.line, column: row.column };
    problems.push({
      severity: 'warning',
      ...place,
      message: `row skipped: ${message}`,
      remedy,
      code: 'bad-row',
    });
  };

  const written = source.file.toLowerCase().endsWith('.csv') ? readCsvRows(source) : readTextRows(source);
  problems.push(...written.problems);
  const rows: [NumberPattern, Row][] = [];
  for (const row of written.rows) {
    const result = parseNumberPattern(row.number, region);
    const expiresAt = readExpiry(row.expires);
    if (!('pattern' in result)) skip(row, result.message, result.remedy);
    else if (expiresAt === null) {
      skip(row, `${JSON.stringify(row.expires.slice(0, 40))} is not a date`, 'write expires as 2027-03-31');
    } else rows.push([result.pattern, { name: firstCodePoints(row.name, maxName) || null, expiresAt }]);
  }
  if (bad > maxProblems) {
    const message = `${bad - maxProblems} more rows of this list were skipped`;
    const remedy = 'put the rows above right first; check that the column map names the right column';
    problems.push({
      severity: 'warning',
      file: source.file,
      line: 1,
      column: 1,
      message,
      remedy,
      code: 'bad-row',
    });
  }
  return { list: new MappedList(source.id, rows), problems };
}

class MappedList implements NumberList {
  readonly id: string;
  readonly #rows: NumberMap<Row>;

  constructor(id: string, rows: readonly [NumberPattern, Row][]) {
    this.id = id;
    // A number that was entered again after its row had expired is in the list.
    this.#rows = new NumberMap(rows, (first, second) =>
      second.expiresAt > first.expiresAt ? second : first,
    );
  }

  get size(): number {
    return this.#rows.size;
  }

  find(e164: string, now: number): Row | null {
    return this.#rows.find(e164, (row) => row.expiresAt > now) ?? null;
  }
}

/** A date holds to the end of its day in UTC; a time with its zone holds to the second. Null: neither. */
function readExpiry(text: string): number | null {
  if (text === '') return Number.POSITIVE_INFINITY;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!isDate && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const at = Date.parse(isDate ? `${text}T00:00:00Z` : text);
  // Date.parse takes 31 February for 3 March.
  const rolledOver = isDate && !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) !== text;
  if (Number.isNaN(at) || rolledOver) return null;
  return isDate ? at + 86_400_000 : at;
}
