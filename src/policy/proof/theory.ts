import { type Formula, logicOf } from '../logic/formula.ts';
import { keyOf, type Logic, type Variable, verificationStates } from '../logic/logic.ts';
import { familyOf } from './clashes.ts';
import { callerPoints, type Place, placesOf, possibleOf, type TimePoint, timePoints } from './dimensions.ts';

/** A formula over the numbers of its variables. */
export type Clause =
  | { readonly kind: 'is'; readonly id: number }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Clause[] }
  | { readonly kind: 'not'; readonly part: Clause };

export interface Known {
  readonly variable: Variable;
  readonly possible: number;
  readonly places: readonly Place[];
  readonly family: string | null;
}

/** Facts with few possible values, and what each question can answer at each of them. */
export interface Dimensions {
  readonly sizes: ReadonlyMap<string, number>;
  placesOf(variable: Variable): readonly Place[];
}

/** All that the rules ask, each question once, and what is known of how the questions hang together. */
export class Theory {
  readonly #ids = new Map<string, number>();
  readonly #known: Known[] = [];
  readonly #points: Map<string, number>;

  constructor(variables: Iterable<Variable>, dimensions?: Dimensions) {
    const all = [...variables];
    const { sizes, placesOf } = dimensions ?? weeklyDimensions(all);
    this.#points = new Map(sizes);
    for (const variable of all) {
      const key = keyOf(variable);
      if (this.#ids.has(key)) continue;
      this.#ids.set(key, this.#known.length);
      const places = placesOf(variable);
      for (const { dimension, at } of places) this.#points.set(dimension, at.length);
      this.#known.push({ variable, possible: possibleOf(variable), places, family: familyOf(variable) });
    }
  }

  get size(): number {
    return this.#known.length;
  }

  known(id: number): Known {
    return this.#known[id] as Known;
  }

  /** Undefined: no rule asks it. */
  idOf(variable: Variable): number | undefined {
    return this.#ids.get(keyOf(variable));
  }

  pointsOf(dimension: string): number {
    return this.#points.get(dimension) ?? 0;
  }

  clauseOf(logic: Logic): Clause {
    if (logic.kind === 'is') return { kind: 'is', id: this.#ids.get(logic.key) as number };
    if (logic.kind === 'not') return { kind: 'not', part: this.clauseOf(logic.part) };
    return { kind: logic.kind, parts: logic.parts.map((part) => this.clauseOf(part)) };
  }
}

/** All that a condition, or several, asks. */
export function variablesIn(formula: Formula | null): Variable[] {
  return formula === null ? [] : variablesOf(logicOf(formula));
}

export function variablesOf(logic: Logic): Variable[] {
  if (logic.kind === 'is') return [logic.variable];
  return logic.kind === 'not' ? variablesOf(logic.part) : logic.parts.flatMap(variablesOf);
}

/** Without a date: times are weekdays and minutes. */
function weeklyDimensions(variables: readonly Variable[]): Dimensions {
  const zones = new Map<string, TimePoint[]>();
  for (const zone of new Set(variables.flatMap((one) => (one.about === 'time' ? [one.zone] : [])))) {
    const there = variables.flatMap((one) =>
      one.about === 'time' && one.zone === zone ? one.boundaries : [],
    );
    zones.set(zone, timePoints(there));
  }
  return {
    sizes: new Map([
      ['caller', callerPoints.length],
      ['verification', verificationStates.length],
    ]),
    placesOf: (variable) =>
      placesOf(variable, variable.about === 'time' ? (zones.get(variable.zone) ?? []) : []),
  };
}
