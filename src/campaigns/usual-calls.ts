import { isStep } from './evidence.ts';

const latest = 256;
/** The shares are made anew after so many. */
const madeEvery = 16;
/** Until so many are known, our numbers are taken to be called all alike, which is no evidence. */
const enough = 50;

/** Which numbers of ours people call: the latest of them. */
export class UsualCalls {
  readonly #called: string[] = [];
  #added = 0;
  #made: { readonly sameCalled: number; readonly nextCalled: number } | null = null;

  add(called: string): void {
    this.#called.push(called);
    if (this.#called.length > latest) this.#called.shift();
    this.#added++;
    if (this.#added % madeEvery === 0) this.#made = null;
  }

  /** Chances that two calls go to the same number, and that one goes to a number right after that of the call before. */
  shares(): { readonly sameCalled: number; readonly nextCalled: number } {
    this.#made ??= sharesOf(this.#called);
    return this.#made;
  }
}

function sharesOf(called: readonly string[]): { readonly sameCalled: number; readonly nextCalled: number } {
  const many = called.length;
  if (many < enough) return { sameCalled: 0, nextCalled: 0.5 };
  const counts = new Map<string, number>();
  let steps = 0;
  for (const [at, number] of called.entries()) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
    const before = called[at - 1];
    if (before !== undefined && isStep(before, number)) steps++;
  }
  let pairs = 0;
  for (const count of counts.values()) pairs += (count * (count - 1)) / 2;
  return { sameCalled: pairs / ((many * (many - 1)) / 2), nextCalled: steps / (many - 1) };
}
