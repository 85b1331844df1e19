import type { NumberPattern } from './number-pattern.ts';

const plus = 43;
const zero = 48;
const prefixSlot = 10;
const exactSlot = 11;
const slots = 12;

/**
 * Finds which of many patterns a number may match: all that do, and of a range also numbers near it. About ten steps,
 * however many patterns there are.
 */
export class NumberTrie {
  /** `slots` places a node: the next node by digit, or 0; items of prefixes that end here; items of numbers that do. */
  #nodes = new Int32Array(slots * 16);
  #count = 1;
  /** Items by their place in a node; none at 0. */
  readonly #items: number[][] = [[]];

  add(pattern: NumberPattern, item: number): void {
    let node = 0;
    for (const digit of commonDigits(pattern)) {
      const at = node * slots + Number(digit);
      if (this.#nodes[at] === 0) {
        const made = this.#makeNode();
        this.#nodes[at] = made;
      }
      node = this.#nodes[at] as number;
    }
    const place = node * slots + (pattern.kind === 'exact' ? exactSlot : prefixSlot);
    if (this.#nodes[place] === 0) {
      this.#nodes[place] = this.#items.length;
      this.#items.push([]);
    }
    const items = this.#items[this.#nodes[place] as number] as number[];
    if (!items.includes(item)) items.push(item);
  }

  /** @param bits the item's bit is set for every pattern that the number may fit. False: not an E.164 number, nothing is known. */
  mark(e164: string, bits: Int32Array): boolean {
    const { length } = e164;
    // Above 15 digits ranges are compared with less than their last digit.
    if (length < 2 || length > 16 || e164.charCodeAt(0) !== plus || e164.charCodeAt(1) === zero) return false;
    const nodes = this.#nodes;
    let node = 0;
    for (let i = 1; i < length; i++) {
      const prefixes = nodes[node + prefixSlot] as number;
      if (prefixes !== 0) this.#set(prefixes, bits);
      const digit = e164.charCodeAt(i) - zero;
      if (digit < 0 || digit > 9) return false;
      node = (nodes[node + digit] as number) * slots;
      // No pattern continues with this digit.
      if (node === 0) return true;
    }
    const prefixes = nodes[node + prefixSlot] as number;
    if (prefixes !== 0) this.#set(prefixes, bits);
    const exact = nodes[node + exactSlot] as number;
    if (exact !== 0) this.#set(exact, bits);
    return true;
  }

  #makeNode(): number {
    const made = this.#count++;
    if (this.#nodes.length < this.#count * slots) {
      const larger = new Int32Array(this.#nodes.length * 2);
      larger.set(this.#nodes);
      this.#nodes = larger;
    }
    return made;
  }

  #set(place: number, bits: Int32Array): void {
    const items = this.#items[place] as number[];
    for (let i = 0; i < items.length; i++) {
      const item = items[i] as number;
      bits[item >>> 5] = (bits[item >>> 5] as number) | (1 << (item & 31));
    }
  }
}

/** The digits that every number of a pattern begins with; of a range, what both ends begin with. */
export function commonDigits(pattern: NumberPattern): string {
  if (pattern.kind === 'exact') return pattern.number.slice(1);
  if (pattern.kind === 'prefix') return pattern.prefix.slice(1);
  let length = 1;
  while (length < pattern.from.length && pattern.from[length] === pattern.to[length]) length++;
  return pattern.from.slice(1, length);
}
