import { Growing } from './growing.ts';
import { type ListBuilder, sortedOnce } from './list-builder.ts';
import { NumberIndex } from './number-index.ts';

const dayMs = 86_400_000;

/** Complaints counted by number: how many, the last one's day, how many told of a recorded message. */
export class ComplaintTally {
  readonly #numbers = new Growing((n) => new Float64Array(n));
  readonly #lines = new Growing((n) => new Uint32Array(n));
  /** Day since 1970 times two, and one for a recorded message. */
  readonly #marks = new Growing((n) => new Uint32Array(n));

  get complaints(): number {
    return this.#numbers.length;
  }

  /** @param number E.164 without plus. @param day since 1970, 0 when unknown */
  add(number: number, line: number, day: number, recorded: boolean): void {
    this.#numbers.push(number);
    this.#lines.push(line);
    this.#marks.push(day * 2 + (recorded ? 1 : 0));
  }

  /** Numbers with enough complaints become rows. @returns how many had too few */
  fill(builder: ListBuilder, least: number): number {
    const numbers = this.#numbers.view();
    const sorted = sortedOnce(numbers);
    const index = NumberIndex.of(sorted);
    const counts = new Uint32Array(index.size);
    const recorded = new Uint32Array(index.size);
    const days = new Uint32Array(index.size);
    const firstLines = new Uint32Array(index.size);
    for (let row = 0; row < numbers.length; row++) {
      const at = index.position(numbers[row] as number);
      const mark = this.#marks.view()[row] as number;
      counts[at] = (counts[at] as number) + 1;
      recorded[at] = (recorded[at] as number) + (mark & 1);
      days[at] = Math.max(days[at] as number, mark >>> 1);
      if (firstLines[at] === 0) firstLines[at] = this.#lines.view()[row] as number;
    }
    let below = 0;
    for (let at = 0; at < index.size; at++) {
      const count = counts[at] as number;
      if (count < least) {
        below++;
        continue;
      }
      builder.addNumber(sorted[at] as number, firstLines[at] as number);
      const last = days[at] === 0 ? '' : `, last ${isoDay(days[at] as number)}`;
      const messages = recorded[at] === 0 ? '' : `, ${recorded[at]} of a recorded message`;
      builder.addDetails(
        '',
        `${count} complaint${count === 1 ? '' : 's'}${last}${messages}`,
        Number.POSITIVE_INFINITY,
      );
    }
    return below;
  }
}

/** Days since 1970 of the date that a cell begins with, or 0. */
export function dayOf(text: string): number {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return at > 0 ? Math.floor(at / dayMs) : 0;
}

function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}
