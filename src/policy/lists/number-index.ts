export type Lows = Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** The arrays of an index, as they lie in memory and on disk. */
export interface IndexParts {
  /** Smallest number. */
  readonly base: number;
  /** Greatest number less the smallest; below 0 when there is none. */
  readonly span: number;
  /** Bits of a number (less `base`) that are told within its bucket. */
  readonly shift: number;
  /** Where each bucket begins, and the end of the last. */
  readonly starts: Uint32Array<ArrayBuffer>;
  readonly lows: Lows;
}

/**
 * Different numbers in rising order, in two levels: leading bits choose a bucket, trailing bits are sorted within it.
 * E.164 has at most 15 digits, so every number is below 2^50 and a double holds it exactly. Ten million numbers of North
 * America take 2.1 bytes each; the worst spread over all numbering plans takes 4 and a little.
 */
export class NumberIndex {
  readonly parts: IndexParts;
  readonly #base: number;
  readonly #span: number;
  readonly #scale: number;
  readonly #inverse: number;
  readonly #starts: Uint32Array;
  readonly #lows: Lows;

  constructor(parts: IndexParts) {
    this.parts = parts;
    this.#base = parts.base;
    this.#span = parts.span;
    this.#scale = 2 ** parts.shift;
    this.#inverse = 2 ** -parts.shift;
    this.#starts = parts.starts;
    this.#lows = parts.lows;
  }

  /** @param sorted whole numbers from 0 to below 2^50, rising, each once */
  static of(sorted: Float64Array): NumberIndex {
    const count = sorted.length;
    const base = sorted[0] ?? 0;
    const span = count === 0 ? -1 : (sorted[count - 1] as number) - base;
    const { width, shift, buckets } = smallestLayout(count, span);
    const starts = new Uint32Array(buckets + 1);
    const lows = makeLows(width, count);
    const scale = 2 ** shift;
    for (let i = 0, bucket = 0; i < count; i++) {
      const distance = (sorted[i] as number) - base;
      const own = Math.floor(distance / scale);
      while (bucket < own) starts[++bucket] = i;
      lows[i] = distance - own * scale;
    }
    const last = span < 0 ? 0 : Math.floor(span / scale);
    starts.fill(count, last + 1);
    return new NumberIndex({ base, span, shift, starts, lows });
  }

  get size(): number {
    return this.#lows.length;
  }

  /** Rank of the number from 0, or -1 when it is not there. NaN is nowhere. */
  position(number: number): number {
    const distance = number - this.#base;
    if (!(distance >= 0 && distance <= this.#span)) return -1;
    const bucket = Math.floor(distance * this.#inverse);
    const low = distance - bucket * this.#scale;
    const lows = this.#lows;
    const end = this.#starts[bucket + 1] as number;
    let from = this.#starts[bucket] as number;
    let to = end;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((lows[middle] as number) < low) from = middle + 1;
      else to = middle;
    }
    return from < end && lows[from] === low ? from : -1;
  }

  /** All numbers, rising. */
  *values(): Generator<number> {
    for (let bucket = 0; bucket + 1 < this.#starts.length; bucket++) {
      const end = this.#starts[bucket + 1] as number;
      for (let i = this.#starts[bucket] as number; i < end; i++)
        yield this.#base + bucket * this.#scale + (this.#lows[i] as number);
    }
  }
}

export function makeLows(width: number, count: number): Lows {
  if (width === 2) return new Uint16Array(count);
  return width === 4 ? new Uint32Array(count) : new Float64Array(count);
}

/** Small buckets are quick to search: they may cost an eighth of a byte a number, and more only where that saves bytes below. */
function smallestLayout(
  count: number,
  span: number,
): { readonly width: number; readonly shift: number; readonly buckets: number } {
  const bucketsAt = (shift: number) => Math.floor(Math.max(span, 0) / 2 ** shift) + 1;
  const layouts = [2, 4, 8].map((width) => {
    let shift = width === 8 ? 50 : width * 8;
    while (shift > 0 && bucketsAt(shift - 1) <= Math.max(16, count / 32)) shift--;
    const buckets = bucketsAt(shift);
    return { width, shift, buckets, bytes: count * width + buckets * 4 };
  });
  return layouts.reduce((best, one) => (one.bytes < best.bytes ? one : best));
}
