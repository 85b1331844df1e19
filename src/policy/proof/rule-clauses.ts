import { isOver } from '../decision.ts';
import { logicOf } from '../logic/formula.ts';
import { allOf, is, type Logic, type Variable } from '../logic/logic.ts';
import type { CompiledRule, Policy } from '../policy.ts';
import { no, yes } from './dimensions.ts';
import { type Goal, notYes } from './search.ts';
import { Supposition } from './supposition.ts';
import { type Clause, Theory, variablesOf } from './theory.ts';

/** A rule as the proofs see it. Rules that have expired are none. */
export interface ProvenRule {
  readonly rule: CompiledRule;
  /** What a call must answer for the rule to match. */
  readonly matches: Clause;
  /** The same, and that the rule is still in force: a rule that will expire shadows nothing for ever. */
  readonly takes: Clause;
}

export interface RuleClauses {
  readonly policy: Policy;
  readonly theory: Theory;
  readonly rules: readonly ProvenRule[];
}

const everyCall: Logic = { kind: 'all', parts: [] };

/**
 * @param extra variables that a proof needs and no rule may ask
 * @param now epoch ms
 */
export function ruleClauses(policy: Policy, extra: readonly Variable[], now: number): RuleClauses {
  const standing = policy.rules.filter((rule) => !isOver(rule, now));
  const logics = standing.map((rule) => {
    const matches = rule.formula === null ? everyCall : logicOf(rule.formula);
    const inForce = is({ about: 'rule-in-force', rule: rule.id });
    return { rule, matches, takes: rule.expiresAt === null ? matches : allOf([inForce, matches]) };
  });
  const theory = new Theory([...logics.flatMap(({ takes }) => variablesOf(takes)), ...extra]);
  const rules = logics.map(({ rule, matches, takes }) => ({
    rule,
    matches: theory.clauseOf(matches),
    takes: theory.clauseOf(takes),
  }));
  return { policy, theory, rules };
}

/** The call matches this rule and no enforced rule above it. */
export function reaches({ rules }: RuleClauses, at: number): Goal[] {
  const { matches } = rules[at] as ProvenRule;
  const above = rules.slice(0, at).filter(({ rule }) => rule.mode === 'enforce');
  return [{ clause: matches, wanted: yes }, ...above.map(({ takes }) => ({ clause: takes, wanted: notYes }))];
}

/** Nothing is said of the call, but that lists without rows have nobody. */
export function anyCall({ policy, theory }: RuleClauses, emptyListsStay: boolean): Supposition {
  const supposition = new Supposition(theory);
  if (!emptyListsStay) return supposition;
  for (const [list, { size }] of policy.lists) {
    if (size > 0) continue;
    for (const about of ['caller-list', 'called-list'] as const) {
      const id = theory.idOf({ about, list });
      if (id !== undefined) supposition.suppose(id, no);
    }
  }
  return supposition;
}
