import { PackedList } from '../lists/packed-list.ts';
import type { NumberList } from '../lists.ts';
import type { NumberPattern } from '../number-pattern.ts';

const mostSampled = 1000;

/** Where a row stands in its list. */
export interface ListedPattern {
  readonly pattern: NumberPattern;
  readonly line: number;
}

/** The rows of a list, for the checks; a list that does not tell its rows has none here. */
export class ListedNumbers {
  readonly #list: PackedList | null;

  constructor(list: NumberList) {
    this.#list = list instanceof PackedList ? list : null;
  }

  /** How many different numbers it has, prefixes and ranges left out. */
  get count(): number {
    return this.#list?.stats.numbers ?? 0;
  }

  numbers(): Iterable<string> {
    return this.#list?.numbers() ?? [];
  }

  /** Prefixes and ranges. */
  patterns(): readonly ListedPattern[] {
    return (this.#list?.patterns ?? []).map(({ kind, from, to, line }) => ({
      pattern: kind === 'prefix' ? { kind, prefix: from } : { kind, from, to },
      line,
    }));
  }

  /** Numbers that an earlier row has; the first twenty. */
  duplicates(): PackedList['duplicates'] {
    return this.#list?.duplicates ?? [];
  }

  /** Line of the row that has the number, or null. @param now epoch ms */
  lineOf(number: string, now: number): number | null {
    return this.#list?.locate(number, now).find(({ expired }) => !expired)?.line ?? null;
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
