import { logicOf } from '../logic/formula.ts';
import type { Logic, Variable } from '../logic/logic.ts';
import type { Problem } from '../problem.ts';
import { callerPoints } from './dimensions.ts';
import { anyCall, type RuleClauses, reaches } from './rule-clauses.ts';
import { search } from './search.ts';

const mostSteps = 3000;
const aboutNumber: ReadonlySet<Variable['about']> = new Set([
  'caller-country',
  'caller-type',
  'caller-pattern',
]);

/** What is behind a `not` and says more than it seems to: callers without a number, and lists without rows. */
export function findWideNegations(clauses: RuleClauses): Problem[] {
  const { policy } = clauses;
  return clauses.rules.flatMap(({ rule }, at): Problem[] => {
    if (rule.formula === null) return [];
    const asked = [...variables(logicOf(rule.formula), false)];
    const negated = asked.filter(({ isNegated }) => isNegated).map(({ variable }) => variable);
    const problems: Problem[] = [];
    const warn = (message: string, remedy: string, code: string) =>
      problems.push({ severity: 'warning', ...rule.place, message, remedy, code });
    const empty = negated.find(
      (one) =>
        (one.about === 'caller-list' || one.about === 'called-list') &&
        policy.lists.get(one.list)?.size === 0,
    );
    if (empty?.about === 'caller-list' || empty?.about === 'called-list')
      warn(
        `the list "${empty.list}" is empty, so that "not in ${empty.list}" is true of every call (rule "${rule.id}")`,
        'fill the list, or take the not away',
        'not-in-empty-list',
      );
    const speaksOfMissing = asked.some(
      ({ variable: { about } }) => about === 'caller-missing' || about === 'caller-number',
    );
    if (!speaksOfMissing && negated.some(({ about }) => aboutNumber.has(about)) && takesMissing(clauses, at))
      warn(
        `the rule "${rule.id}" also takes callers who withhold their number: what a missing number is not, it is not`,
        'if that is meant, say it: any: [{ not: … }, { caller: { is: [withheld, unavailable] } }]; if not, put a rule for withheld callers above it, or write all: [{ not: … }, { not: { caller: { is: [withheld, unavailable, malformed] } } }]',
        'not-takes-withheld',
      );
    return problems;
  });
}

/** A caller without a number can come to this rule. */
function takesMissing(clauses: RuleClauses, at: number): boolean {
  const call = anyCall(clauses, true);
  const withheld = callerPoints.indexOf('withheld');
  call.restrict('caller', (point) => point === withheld);
  return search(call, reaches(clauses, at), mostSteps) === 'found';
}

interface Named {
  readonly variable: Variable;
  readonly isNegated: boolean;
}

function* variables(logic: Logic, isNegated: boolean): Generator<Named> {
  if (logic.kind === 'is') yield { variable: logic.variable, isNegated };
  else if (logic.kind === 'not') yield* variables(logic.part, !isNegated);
  else for (const part of logic.parts) yield* variables(part, isNegated);
}
