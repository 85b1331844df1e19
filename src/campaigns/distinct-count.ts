const exactUpTo = 512;

/**
 * Counts different texts: exactly up to some hundred, then by a sample (Wegman's adaptive sampling, with an error of some
 * percent). Holds 512 numbers at most, whatever it is given, and no text.
 */
export class DistinctCount {
  readonly #hashes = new Set<number>();
  /** A hash is kept when so many of its last bits are zero. */
  #zeroBits = 0;

  add(text: string): void {
    const hash = hashOf(text);
    if (!this.#isSampled(hash)) return;
    this.#hashes.add(hash);
    while (this.#hashes.size > exactUpTo) {
      this.#zeroBits++;
      for (const one of this.#hashes) if (!this.#isSampled(one)) this.#hashes.delete(one);
    }
  }

  get count(): number {
    return this.#hashes.size * 2 ** this.#zeroBits;
  }

  #isSampled(hash: number): boolean {
    return hash % 2 ** this.#zeroBits === 0;
  }
}

/** 32 bits: FNV-1a, then mixed, since close numbers would differ in few bits. */
function hashOf(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** 53 bits: no two of some ten thousand texts share it. */
export function digestOfText(text: string): number {
  return hashOf(text) * 2 ** 21 + (hashOf(text, 0x1b873593) & 0x1fffff);
}
