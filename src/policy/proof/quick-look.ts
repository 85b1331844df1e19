import { callerPoints } from './dimensions.ts';
import type { Supposition } from './supposition.ts';
import type { Clause } from './theory.ts';
import { no, turned, unknown, yes } from './values.ts';

/**
 * Whether a quiet call, one that answers no wherever it can, keeps away from all of these formulas. Most calls do, and a
 * thousand rules are not searched one against the other. False says nothing.
 */
export function quietCallMisses(supposition: Supposition, formulas: readonly Clause[]): boolean {
  const points = new Map<string, number>();
  const answers = new Map<number, number>();
  const ordinary = callerPoints.indexOf('fixed-line-or-mobile');
  const pointOf = (dimension: string): number => {
    const left = supposition.pointsOf(dimension);
    return dimension === 'caller' && left.includes(ordinary) ? ordinary : (left[0] ?? 0);
  };
  const answer = (id: number): number => {
    let found = answers.get(id);
    if (found === undefined) {
      for (const { dimension } of supposition.theory.known(id).places)
        if (!points.has(dimension)) points.set(dimension, pointOf(dimension));
      found = supposition.quietly(id, points);
      answers.set(id, found);
    }
    return found;
  };
  const evaluate = (clause: Clause): number => {
    if (clause.kind === 'is') return answer(clause.id);
    if (clause.kind === 'not') return turned(evaluate(clause.part));
    const settles = clause.kind === 'all' ? no : yes;
    let end = clause.kind === 'all' ? yes : no;
    for (const part of clause.parts) {
      const one = evaluate(part);
      if (one === 0) return 0;
      if (one === settles) return one;
      if (one === unknown) end = unknown;
    }
    return end;
  };
  return formulas.every((clause) => {
    const value = evaluate(clause);
    return value === no || value === unknown;
  });
}
