import { isPackedShortCode } from '../../numbers/short-code.ts';
import { Growing, SortedNumbers } from '../../numbers/sorted-numbers.ts';
import { csvRows } from './csv.ts';
import type { FileRow, ListFormat, RowContext } from './list-format.ts';

const dayMs = 86_400_000;

/** The complaint csv of the Federal Trade Commission, a row a complaint; each number that has enough becomes a row. */
export const ftcComplaints: ListFormat = {
  endings: [],
  *rows(file, context) {
    const tally = new ComplaintTally();
    const rows = csvRows(file, {
      number: 'Company_Phone_Number',
      created: 'Created_Date',
      recorded: 'Recorded_Message_Or_Robocall',
    });
    for (const { line, number, created, recorded } of rows) {
      // Many complaints name no number.
      if (number === '') continue;
      const found = context.read(number);
      if (typeof found === 'number' && isPackedShortCode(found))
        context.skip(line, `${number} is a short code, which robots forge`, 'block it in a list of your own');
      else if (typeof found === 'number') tally.add(found, line, dayOf(created), /^y/i.test(recorded));
      else if ('message' in found) context.skip(line, found.message, found.remedy);
      else context.skip(line, 'a complaint names one number', 'check that the format is right');
    }
    yield* tally.rows(context);
  },
};

class ComplaintTally {
  readonly #numbers = new Growing((n) => new Float64Array(n));
  readonly #lines = new Growing((n) => new Uint32Array(n));
  /** Day since 1970 times two, and one for a recorded message. */
  readonly #marks = new Growing((n) => new Uint32Array(n));

  add(number: number, line: number, day: number, recorded: boolean): void {
    this.#numbers.push(number);
    this.#lines.push(line);
    this.#marks.push(day * 2 + (recorded ? 1 : 0));
  }

  *rows({ minComplaints, leftOut }: RowContext): Generator<FileRow> {
    const numbers = this.#numbers.view();
    const lines = this.#lines.view();
    const marks = this.#marks.view();
    const sorted = SortedNumbers.of(numbers);
    const counts = new Uint32Array(sorted.size);
    const recorded = new Uint32Array(sorted.size);
    const days = new Uint32Array(sorted.size);
    const firstLines = new Uint32Array(sorted.size);
    for (let row = 0; row < numbers.length; row++) {
      const at = sorted.position(numbers[row] as number);
      const mark = marks[row] as number;
      counts[at] = (counts[at] as number) + 1;
      recorded[at] = (recorded[at] as number) + (mark & 1);
      days[at] = Math.max(days[at] as number, mark >>> 1);
      if (firstLines[at] === 0) firstLines[at] = lines[row] as number;
    }
    let at = -1;
    let below = 0;
    for (const number of sorted.values()) {
      const count = counts[++at] as number;
      if (count < minComplaints) {
        below++;
        continue;
      }
      const last = days[at] === 0 ? '' : `, last ${isoDay(days[at] as number)}`;
      const messages = recorded[at] === 0 ? '' : `, ${recorded[at]} of a recorded message`;
      const note = `${count} complaint${count === 1 ? '' : 's'}${last}${messages}`;
      yield { line: firstLines[at] as number, number, note };
    }
    leftOut(below);
  }
}

/** Days since 1970 of the date that a cell begins with, or 0. */
function dayOf(text: string): number {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return at > 0 ? Math.floor(at / dayMs) : 0;
}

function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
