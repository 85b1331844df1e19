import { no, turned, unknown, yes } from './dimensions.ts';
import type { Supposition } from './supposition.ts';
import type { Clause } from './theory.ts';

/** A formula and the answers that are wanted of it. */
export interface Goal {
  readonly clause: Clause;
  /** `yes`, `no`, or with `unknown`: not no, not yes. */
  readonly wanted: number;
}

export const notYes = no | unknown;

/** `found`: the supposition is a way to have it all. `none`: there is none. `gave-up`: it took too many steps. */
type SearchResult = 'found' | 'none' | 'gave-up';

/** Making a call of what was found costs about so many steps. */
const acceptSteps = 50;

interface Rest {
  readonly goal: Goal;
  readonly rest: Rest | null;
}

/**
 * Looks for answers that meet all goals, trying every way. Sound in that `none` is a proof; what is found may be a call
 * that cannot be made after all.
 * @param accepts asked of what is found; the search goes on when it says no. It counts as many steps
 */
export function search(
  supposition: Supposition,
  goals: readonly Goal[],
  mostSteps: number,
  accepts: () => boolean = () => true,
): SearchResult {
  const looking = new Looking(supposition, mostSteps, accepts);
  const list = goals.reduceRight<Rest | null>((rest, goal) => ({ goal, rest }), null);
  try {
    return looking.meet(list) ? 'found' : 'none';
  } catch (error) {
    // A rule set of many thousand rules may be deeper than the stack.
    if (error instanceof TooManySteps || error instanceof RangeError) return 'gave-up';
    throw error;
  }
}

class TooManySteps extends Error {}

class Looking {
  readonly #supposition: Supposition;
  readonly #accepts: () => boolean;
  #left: number;

  constructor(supposition: Supposition, mostSteps: number, accepts: () => boolean) {
    this.#supposition = supposition;
    this.#left = mostSteps;
    this.#accepts = accepts;
  }

  meet(goals: Rest | null): boolean {
    let open = goals;
    while (open !== null) {
      const { goal, rest }: Rest = open;
      const { clause, wanted } = goal;
      const possible = this.#supposition.answers(clause);
      if ((possible & wanted) === 0) return false;
      if ((possible & ~wanted) === 0) {
        open = rest;
        continue;
      }
      if (--this.#left < 0) throw new TooManySteps();
      if (clause.kind === 'not') {
        open = { goal: { clause: clause.part, wanted: turned(wanted) }, rest };
        continue;
      }
      if (clause.kind === 'is') return this.#choose(clause.id, possible & wanted, rest);
      // Either every part must answer so, or one of them is enough.
      const everyPart = (clause.kind === 'all') === ((wanted & yes) !== 0);
      if (!everyPart)
        return clause.parts.some((part) => this.#attempt({ goal: { clause: part, wanted }, rest }));
      open = clause.parts.reduceRight<Rest | null>(
        (later, part) => ({ goal: { clause: part, wanted }, rest: later }),
        rest,
      );
    }
    this.#left -= acceptSteps;
    return this.#accepts();
  }

  #choose(id: number, values: number, rest: Rest | null): boolean {
    for (const value of [no, yes, unknown]) {
      if ((values & value) === 0) continue;
      const before = this.#supposition.steps;
      if (this.#supposition.suppose(id, value) && this.meet(rest)) return true;
      this.#supposition.backTo(before);
    }
    return false;
  }

  #attempt(goals: Rest): boolean {
    const before = this.#supposition.steps;
    if (this.meet(goals)) return true;
    this.#supposition.backTo(before);
    return false;
  }
}
