import type { Variable } from '../logic/logic.ts';
import { clash } from './clashes.ts';
import { anything, no, turned, unknown, yes } from './dimensions.ts';
import type { Clause, Theory } from './theory.ts';

/** Questions of one family that have been answered. Two that are both answered no never contradict each other. */
interface Kin {
  readonly no: number[];
  readonly others: number[];
}

interface Step {
  readonly id: number;
  readonly narrowed: readonly (readonly [dimension: string, points: readonly number[]])[];
}

/**
 * What is supposed of a call so far: answers of some questions, and the points that they leave. It can be taken back
 * step by step.
 */
export class Supposition {
  readonly theory: Theory;
  readonly #values: Uint8Array;
  readonly #points = new Map<string, readonly number[]>();
  readonly #families = new Map<string, Kin>();
  readonly #steps: Step[] = [];

  constructor(theory: Theory) {
    this.theory = theory;
    this.#values = new Uint8Array(theory.size);
  }

  /** 0: open. */
  valueOf(id: number): number {
    return this.#values[id] as number;
  }

  /** Points that are left; all of them, when nothing was said. */
  pointsOf(dimension: string): readonly number[] {
    let points = this.#points.get(dimension);
    if (points === undefined) {
      points = Array.from({ length: this.theory.pointsOf(dimension) }, (_, point) => point);
      this.#points.set(dimension, points);
    }
    return points;
  }

  /** Leaves only some points of a dimension; not to be taken back. */
  restrict(dimension: string, keep: (point: number) => boolean): void {
    this.#points.set(dimension, this.pointsOf(dimension).filter(keep));
  }

  get steps(): number {
    return this.#steps.length;
  }

  /** False when no call can have this answer besides the others; then nothing was changed. */
  suppose(id: number, value: number): boolean {
    const before = this.valueOf(id);
    if (before !== 0) return before === value;
    const { variable, possible, places, family } = this.theory.known(id);
    if ((possible & value) === 0) return false;
    if (this.#clashes(family, variable, value)) return false;
    const narrowed: [string, readonly number[]][] = [];
    for (const { dimension, at } of places) {
      const points = this.pointsOf(dimension);
      const left = points.filter((point) => ((at[point] as number) & value) !== 0);
      if (left.length === 0) {
        for (const [name, old] of narrowed) this.#points.set(name, old);
        return false;
      }
      narrowed.push([dimension, points]);
      this.#points.set(dimension, left);
    }
    this.#values[id] = value;
    if (family !== null) this.#kinOf(family, value).push(id);
    this.#steps.push({ id, narrowed });
    return true;
  }

  /** Takes back what was supposed since there were so many steps. */
  backTo(steps: number): void {
    while (this.#steps.length > steps) {
      const { id, narrowed } = this.#steps.pop() as Step;
      const { family } = this.theory.known(id);
      if (family !== null) this.#kinOf(family, this.valueOf(id)).pop();
      this.#values[id] = 0;
      for (const [dimension, points] of narrowed) this.#points.set(dimension, points);
    }
  }

  /** What the question can still answer. */
  possible(id: number): number {
    const value = this.valueOf(id);
    if (value !== 0) return value;
    const { possible, places } = this.theory.known(id);
    let left = possible;
    for (const { dimension, at } of places) {
      let there = 0;
      for (const point of this.pointsOf(dimension)) {
        there |= at[point] as number;
        if ((left & ~there) === 0) break;
      }
      left &= there;
    }
    return left;
  }

  /** What the formula can still answer (Kleene); sometimes more than it can. */
  answers(clause: Clause): number {
    if (clause.kind === 'is') return this.possible(clause.id);
    if (clause.kind === 'not') return turned(this.answers(clause.part));
    const settles = clause.kind === 'all' ? no : yes;
    const otherwise = clause.kind === 'all' ? yes : no;
    let all = anything;
    let some = 0;
    for (const part of clause.parts) {
      const one = this.answers(part);
      if (one === settles) return settles;
      all &= one | ~otherwise;
      some |= one;
    }
    return (all & otherwise) | (some & (settles | unknown));
  }

  /** An answer that open questions can have all at once: no where that is possible. 0: it does not know one. */
  quietly(id: number, points: ReadonlyMap<string, number>): number {
    const value = this.valueOf(id);
    if (value !== 0) return value;
    const { variable, possible, places, family } = this.theory.known(id);
    let left = possible;
    for (const { dimension, at } of places) left &= at[points.get(dimension) as number] as number;
    const fits = (one: number) => (left & one) !== 0 && !this.#clashes(family, variable, one);
    return [no, yes, unknown].find(fits) ?? 0;
  }

  /** Everything supposed, in order. */
  supposed(): { readonly id: number; readonly value: number }[] {
    return this.#steps.map(({ id }) => ({ id, value: this.valueOf(id) }));
  }

  #clashes(family: string | null, variable: Variable, value: number): boolean {
    const kin = family === null ? undefined : this.#families.get(family);
    if (kin === undefined) return false;
    const rivals = (id: number) => clash(variable, value, this.theory.known(id).variable, this.valueOf(id));
    return kin.others.some(rivals) || (value !== no && kin.no.some(rivals));
  }

  #kinOf(family: string, value: number): number[] {
    let kin = this.#families.get(family);
    if (kin === undefined) {
      kin = { no: [], others: [] };
      this.#families.set(family, kin);
    }
    return value === no ? kin.no : kin.others;
  }
}
