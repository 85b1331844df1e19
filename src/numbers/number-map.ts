import type { NumberPattern } from './number-pattern.ts';

interface Range<T> {
  readonly from: number;
  readonly to: number;
  readonly value: T;
}

/**
 * Values by number, prefix and range. The most exact wins: the number itself, then the longest prefix, then the range
 * that begins last. Of two rows for the same number or prefix, `merge` makes one; by default the first stays.
 */
export class NumberMap<T> {
  readonly #exact = new Map<string, T>();
  readonly #prefixes = new Map<string, T>();
  #prefixLengths: number[] = [];
  #ranges: Range<T>[] = [];
  /** Greatest end of the ranges up to here: where the search may stop. */
  #reach: number[] = [];
  #size = 0;

  constructor(
    rows: Iterable<readonly [NumberPattern, T]> = [],
    merge: (first: T, second: T) => T = (first) => first,
  ) {
    for (const [pattern, value] of rows) this.#add(pattern, value, merge);
    const lengths = new Set(this.#prefixes.keys().map((prefix) => prefix.length));
    this.#prefixLengths = [...lengths].sort((a, b) => b - a);
    this.#ranges.sort((a, b) => a.from - b.from);
    let reach = 0;
    this.#reach = this.#ranges.map((range) => {
      reach = Math.max(reach, range.to);
      return reach;
    });
  }

  /** Rows: a prefix or a range counts as one. */
  get size(): number {
    return this.#size;
  }

  /** @param accepts false: ignore this value, such as an expired one */
  find(e164: string, accepts: (value: T) => boolean = () => true): T | undefined {
    const exact = this.#exact.get(e164);
    if (exact !== undefined && accepts(exact)) return exact;
    for (const length of this.#prefixLengths) {
      const value = this.#prefixes.get(e164.slice(0, length));
      if (value !== undefined && accepts(value)) return value;
    }
    return this.#ranges.length > 0 ? this.#findRange(e164, accepts) : undefined;
  }

  #findRange(e164: string, accepts: (value: T) => boolean): T | undefined {
    const number = Number(e164);
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.from ?? 0) <= number) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0 && (this.#reach[i] ?? 0) >= number; i--) {
      const range = this.#ranges[i];
      if (range && range.to >= number && accepts(range.value)) return range.value;
    }
    return undefined;
  }

  #add(pattern: NumberPattern, value: T, merge: (first: T, second: T) => T): void {
    this.#size++;
    if (pattern.kind === 'range') {
      // 15 digits at most (E.164), so a double holds it exactly.
      this.#ranges.push({ from: Number(pattern.from), to: Number(pattern.to), value });
      return;
    }
    const [map, key] =
      pattern.kind === 'exact' ? [this.#exact, pattern.number] : [this.#prefixes, pattern.prefix];
    const first = map.get(key);
    map.set(key, first === undefined ? value : merge(first, value));
  }
}
