import type { Answer } from './conditions/answer.ts';
import { answerOf, type Formula } from './conditions/formula.ts';
import { isOver } from './decision.ts';
import type { CallFacts } from './facts.ts';
import type { CompiledRule, Policy } from './policy.ts';

/** A rule of several conditions of which all but one held. */
export interface NearMiss {
  readonly rule: string;
  /** The one that did not, in words. */
  readonly failed: string;
  /** `unknown`: a fact is missing; with it the rule might have matched. */
  readonly holds: 'no' | 'unknown';
}

/** A rule that asked for what nobody knew of this call. */
export interface MissingFact {
  readonly rule: string;
  readonly because: string;
}

/** Rules above the deciding one (all, when none decided) that nearly matched. */
export function nearMisses(facts: CallFacts, policy: Policy, decidingRule: string): NearMiss[] {
  return rulesAbove(policy, decidingRule).flatMap((rule) => {
    if (rule.formula === null || isOver(rule, facts.now)) return [];
    const answers = conjuncts(rule.formula).map((part) => answerOf(part, facts));
    const failed = answers.filter(({ holds }) => holds !== 'yes');
    const [only] = failed;
    if (answers.length < 2 || only === undefined || failed.length > 1 || only.holds === 'yes') return [];
    return [{ rule: rule.id, failed: only.because, holds: only.holds }];
  });
}

/** What those rules asked and nobody knew: they would have needed it to match. */
export function factsMissing(facts: CallFacts, policy: Policy, decidingRule: string): MissingFact[] {
  return rulesAbove(policy, decidingRule).flatMap((rule) => {
    if (rule.formula === null || isOver(rule, facts.now)) return [];
    const answer: Answer = answerOf(rule.formula, facts);
    return answer.holds === 'unknown' ? [{ rule: rule.id, because: answer.because }] : [];
  });
}

function rulesAbove({ rules }: Policy, decidingRule: string): readonly CompiledRule[] {
  const at = rules.findIndex(({ id, mode }) => id === decidingRule && mode === 'enforce');
  return at < 0 ? rules : rules.slice(0, at);
}

function conjuncts(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.parts.flatMap(conjuncts) : [formula];
}
