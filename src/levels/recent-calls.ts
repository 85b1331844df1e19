const minuteMs = 60_000;

/** Counts of the last minutes, by minute of arrival, for a few kinds of call. Its size never changes. */
export class RecentCalls<Kind extends string> {
  readonly #kinds: readonly Kind[];
  readonly #minutes: number;
  /** A place a minute: which minute it is, then a count a kind. */
  readonly #places: Float64Array;

  /** @param minutes length of the window */
  constructor(kinds: readonly Kind[], minutes: number) {
    this.#kinds = kinds;
    this.#minutes = minutes;
    // One minute more than the window: calls of the minute that has begun.
    this.#places = new Float64Array((minutes + 1) * (kinds.length + 1)).fill(-1);
  }

  /** @param at arrival, epoch ms; what is older than the window counts no more */
  add(kind: Kind, at: number): void {
    const minute = Math.floor(at / minuteMs);
    const from = (minute % (this.#minutes + 1)) * (this.#kinds.length + 1);
    const there = this.#places[from] ?? -1;
    if (there > minute) return;
    if (there < minute) {
      this.#places.fill(0, from, from + this.#kinds.length + 1);
      this.#places[from] = minute;
    }
    const place = from + 1 + this.#kinds.indexOf(kind);
    this.#places[place] = (this.#places[place] ?? 0) + 1;
  }

  /** Calls of the window that ends at `now` (epoch ms). */
  counts(now: number): Record<Kind, number> {
    const last = Math.floor(now / minuteMs);
    const found = Object.fromEntries(this.#kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
    const width = this.#kinds.length + 1;
    for (let from = 0; from < this.#places.length; from += width) {
      const minute = this.#places[from] ?? -1;
      if (minute <= last - this.#minutes || minute > last) continue;
      for (const [index, kind] of this.#kinds.entries()) found[kind] += this.#places[from + 1 + index] ?? 0;
    }
    return found;
  }

  /** True when nothing is left that any window from `now` on would count. */
  isOver(now: number): boolean {
    const oldest = Math.floor(now / minuteMs) - this.#minutes;
    const width = this.#kinds.length + 1;
    for (let from = 0; from < this.#places.length; from += width)
      if ((this.#places[from] ?? -1) > oldest) return false;
    return true;
  }
}
