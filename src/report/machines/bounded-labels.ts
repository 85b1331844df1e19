/** What stands for a value beyond the most that a label may have. */
export const otherValue = 'other';

/** Keeps a label's values to so many: each is a time series that Prometheus holds for ever. */
export class BoundedLabels {
  readonly #most: number;
  readonly #seen = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value itself, or `other` when there are too many already. */
  of(value: string): string {
    if (this.#seen.has(value)) return value;
    if (this.#seen.size >= this.#most) return otherValue;
    this.#seen.add(value);
    return value;
  }
}
