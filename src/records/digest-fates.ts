import { mostFates } from './call-fates.ts';

const digests = 65_536;
const firstSlots = 64;

/** What became of the calls of each digest of two bytes. */
export class DigestFates {
  /** Place of a digest among those that were met, counted from 1. */
  readonly #slots = new Uint32Array(digests);
  readonly #met: number[] = [];
  #rows = new Uint32Array(firstSlots);
  #fates = new Uint32Array(firstSlots * mostFates);

  /** One row of this digest; `fate` 0: outside of the range, so that it counts as a row alone. */
  add(digest: number, fate: number): void {
    let slot = this.#slots[digest] ?? 0;
    if (slot === 0) {
      slot = this.#met.push(digest);
      this.#slots[digest] = slot;
      if (slot > this.#rows.length) this.#grow();
    }
    this.#rows[slot - 1] = (this.#rows[slot - 1] ?? 0) + 1;
    if (fate === 0) return;
    const cell = (slot - 1) * mostFates + fate;
    this.#fates[cell] = (this.#fates[cell] ?? 0) + 1;
  }

  /** For each digest that was met its rows, in the range or not, and the calls of each fate in it. */
  *entries(): Generator<{ readonly digest: number; readonly rows: number; readonly fates: Uint32Array }> {
    for (const [at, digest] of this.#met.entries()) {
      const fates = this.#fates.subarray(at * mostFates, (at + 1) * mostFates);
      yield { digest, rows: this.#rows[at] ?? 0, fates };
    }
  }

  #grow(): void {
    const rows = new Uint32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    const fates = new Uint32Array(this.#fates.length * 2);
    fates.set(this.#fates);
    this.#fates = fates;
  }
}
