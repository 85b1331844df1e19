import type { NumberPattern } from '../../numbers/number-pattern.ts';
import type { NumberList } from '../number-list.ts';

const mostSampled = 1000;

/** Where a row stands in its list. */
interface ListedPattern {
  readonly pattern: NumberPattern;
  readonly line: number;
}

/** The rows of a list, for the checks. */
export class ListedNumbers {
  readonly #list: NumberList;

  constructor(list: NumberList) {
    this.#list = list;
  }

  /** How many different numbers it has, prefixes and ranges left out. */
  get count(): number {
    return this.#list.stats.numbers;
  }

  numbers(): Iterable<string> {
    return this.#list.numbers();
  }

  /** Prefixes and ranges. */
  patterns(): readonly ListedPattern[] {
    return this.#list.patterns.map(({ kind, from, to, line }) => ({
      pattern: kind === 'prefix' ? { kind, prefix: from } : { kind, from, to },
      line,
    }));
  }

  /** Numbers that an earlier row has; the first twenty. */
  duplicates(): NumberList['duplicates'] {
    return this.#list.duplicates;
  }

  /** Line of the row that has the number, or null. @param now epoch ms */
  lineOf(number: string, now: number): number | null {
    return this.#list.locate(number, now).find(({ expired }) => !expired)?.line ?? null;
  }

  /** A few numbers, first ends of ranges included. */
  *sample(): Generator<string> {
    let count = 0;
    for (const number of this.numbers()) {
      if (++count > mostSampled) break;
      yield number;
    }
    for (const { pattern } of this.patterns()) if (pattern.kind === 'range') yield pattern.from;
  }
}
