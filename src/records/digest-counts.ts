const firstSlots = 1024;
/** Fuller than this, places are searched for too long. */
const mostFull = 0.6;

/** How often each digest of four bytes was met: eight bytes for each, so that a million callers fit anywhere. */
export class DigestCounts {
  /** Open addressing; 0, which is no digest, is a free place. */
  #digests = new Uint32Array(firstSlots);
  #counts = new Uint32Array(firstSlots);
  #size = 0;

  add(digest: number, times = 1): void {
    if (digest === 0) return;
    const at = this.#placeOf(digest);
    if (this.#digests[at] === 0) {
      this.#digests[at] = digest;
      this.#size++;
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + times;
    if (this.#size > this.#digests.length * mostFull) this.#grow();
  }

  /** The sum of all. */
  total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Those that were met most often, at most `most`; which of equals are the last is arbitrary. */
  top(most: number): Map<number, number> {
    const having = new Map<number, number>();
    for (const count of this.#counts) if (count > 0) having.set(count, (having.get(count) ?? 0) + 1);
    let left = most;
    let least = Number.POSITIVE_INFINITY;
    for (const [count, digests] of [...having].sort(([a], [b]) => b - a)) {
      if (left <= 0) break;
      least = count;
      if (digests >= left) break;
      left -= digests;
    }
    const found = new Map<number, number>();
    for (let at = 0; at < this.#digests.length; at++) {
      const count = this.#counts[at] ?? 0;
      if (count === 0 || count < least || (count === least && left-- <= 0)) continue;
      found.set(this.#digests[at] ?? 0, count);
    }
    return found;
  }

  #placeOf(digest: number): number {
    const mask = this.#digests.length - 1;
    let at = digest & mask;
    while (this.#digests[at] !== 0 && this.#digests[at] !== digest) at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const digests = this.#digests;
    const counts = this.#counts;
    this.#digests = new Uint32Array(digests.length * 2);
    this.#counts = new Uint32Array(digests.length * 2);
    for (let from = 0; from < digests.length; from++) {
      const digest = digests[from] ?? 0;
      if (digest === 0) continue;
      const at = this.#placeOf(digest);
      this.#digests[at] = digest;
      this.#counts[at] = counts[from] ?? 0;
    }
  }
}
