type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** A typed array that doubles when it is full: rows are collected before anybody knows how many there are. */
export class Growing<T extends Numbers> {
  #items: T;
  #length = 0;
  readonly #make: (length: number) => T;

  constructor(make: (length: number) => T, capacity = 256) {
    this.#make = make;
    this.#items = make(capacity);
  }

  get length(): number {
    return this.#length;
  }

  push(item: number): void {
    if (this.#length === this.#items.length) this.#grow(this.#length + 1);
    this.#items[this.#length++] = item;
  }

  append(items: ArrayLike<number>): void {
    if (this.#length + items.length > this.#items.length) this.#grow(this.#length + items.length);
    this.#items.set(items, this.#length);
    this.#length += items.length;
  }

  /** What is in it so far; a later push may leave this view behind. */
  view(): T {
    return this.#items.subarray(0, this.#length) as T;
  }

  #grow(least: number): void {
    const larger = this.#make(Math.max(least, this.#items.length * 2));
    larger.set(this.#items);
    this.#items = larger;
  }
}
