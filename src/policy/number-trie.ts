import type { NumberPattern } from './number-pattern.ts';

const [plus, zero] = [43, 48];

/**
 * Says which of many patterns a number may fit: all that do, and of a range also numbers near it. Ten steps of an array
 * walk, however many patterns there are.
 */
export class NumberTrie {
  /** Ten places a node: the node for the next digit, or 0. */
  #next: number[] = new Array(10).fill(0);
  /** By node: items of prefixes that end here, items of numbers that end here. */
  readonly #prefixes: (number[] | undefined)[] = [undefined];
  readonly #exact: (number[] | undefined)[] = [undefined];

  add(pattern: NumberPattern, item: number): void {
    const digits = digitsOf(pattern);
    let node = 0;
    for (const digit of digits) {
      const at = node * 10 + Number(digit);
      let next = this.#next[at] as number;
      if (next === 0) {
        next = this.#prefixes.length;
        this.#next[at] = next;
        for (let i = 0; i < 10; i++) this.#next.push(0);
        this.#prefixes.push(undefined);
        this.#exact.push(undefined);
      }
      node = next;
    }
    const items = pattern.kind === 'exact' ? this.#exact : this.#prefixes;
    const there = items[node];
    if (there === undefined) items[node] = [item];
    else if (!there.includes(item)) there.push(item);
  }

  /** @param bits the item's bit is set for every pattern that the number may fit. False: not an E.164 number, nothing is known. */
  mark(e164: string, bits: Uint32Array): boolean {
    const { length } = e164;
    // Above 15 digits ranges are compared with less than their last digit.
    if (length < 2 || length > 16 || e164.charCodeAt(0) !== plus || e164.charCodeAt(1) === zero) return false;
    let node = 0;
    for (let i = 1; i < length; i++) {
      const items = this.#prefixes[node];
      if (items !== undefined) setBits(items, bits);
      const digit = e164.charCodeAt(i) - zero;
      if (digit < 0 || digit > 9) return false;
      node = this.#next[node * 10 + digit] as number;
      if (node === 0) return true;
    }
    const prefixes = this.#prefixes[node];
    if (prefixes !== undefined) setBits(prefixes, bits);
    const exact = this.#exact[node];
    if (exact !== undefined) setBits(exact, bits);
    return true;
  }
}

/** Of a range, what both ends begin with. */
function digitsOf(pattern: NumberPattern): string {
  if (pattern.kind === 'exact') return pattern.number.slice(1);
  if (pattern.kind === 'prefix') return pattern.prefix.slice(1);
  let length = 1;
  while (length < pattern.from.length && pattern.from[length] === pattern.to[length]) length++;
  return pattern.from.slice(1, length);
}

function setBits(items: readonly number[], bits: Uint32Array): void {
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as number;
    bits[item >>> 5] = (bits[item >>> 5] as number) | (1 << (item & 31));
  }
}
