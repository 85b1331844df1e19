import type { CallFacts } from '../call/facts.ts';
import type { Decision, TraceEntry } from '../call/verdict.ts';
import { isOver } from './decision.ts';
import type { Answer } from './logic/answer.ts';
import { answerOf, type Formula, logicOf } from './logic/formula.ts';
import type { Logic } from './logic/logic.ts';
import type { CompiledRule, Policy } from './policy.ts';
import type { Place } from './problem.ts';

/** With the place of its rule; null: the policy has no such rule. */
type Placed<T> = T & { readonly place: Place | null };

/** Why a call was decided so, and what else nearly decided it. */
export interface Explanation {
  readonly decision: Decision;
  /** What the deciding rule says of itself. */
  readonly about: string | null;
  /** Of the deciding rule. */
  readonly place: Place | null;
  /** Every rule that was looked at, in order. */
  readonly trace: readonly Placed<TraceEntry>[];
  readonly nearMisses: readonly Placed<NearMiss>[];
  readonly missingFacts: readonly Placed<MissingFact>[];
}

/** @param decision on these facts under this policy */
export function explained(facts: CallFacts, decision: Decision, policy: Policy): Explanation {
  const rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const { rule, trace } = decision;
  const placed = <T extends { readonly rule: string }>(one: T): Placed<T> => ({
    ...one,
    place: rules.get(one.rule)?.place ?? null,
  });
  return {
    decision,
    about: rules.get(rule)?.about ?? null,
    place: rules.get(rule)?.place ?? null,
    trace: trace.map(placed),
    nearMisses: nearMisses(facts, policy, rule).map(placed),
    missingFacts: factsMissing(facts, policy, rule).map(placed),
  };
}

/** A rule of several conditions of which all but one held. */
interface NearMiss {
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

/**
 * Rules above the deciding one (all, when none decided) that nearly matched. That a stranger is none of those whom we know is no near
 * miss: it would be said of every stranger.
 */
export function nearMisses(facts: CallFacts, policy: Policy, decidingRule: string): NearMiss[] {
  return rulesAbove(policy, decidingRule).flatMap((rule) => {
    if (rule.formula === null || isOver(rule, facts.now)) return [];
    const parts = conjuncts(rule.formula).map((part) => ({ part, ...answerOf(part, facts) }));
    const failed = parts.filter(({ holds }) => holds !== 'yes');
    const [only] = failed;
    if (parts.length < 2 || only === undefined || failed.length > 1 || only.holds === 'yes') return [];
    if (only.holds === 'no' && asksIfKnown(logicOf(only.part))) return [];
    return [{ rule: rule.id, failed: only.because, holds: only.holds }];
  });
}

/** What those rules asked and nobody knew: they would have needed it to match. */
function factsMissing(facts: CallFacts, policy: Policy, decidingRule: string): MissingFact[] {
  return rulesAbove(policy, decidingRule).flatMap((rule) => {
    if (rule.formula === null || isOver(rule, facts.now)) return [];
    const answer: Answer = answerOf(rule.formula, facts);
    return answer.holds === 'unknown' ? [{ rule: rule.id, because: answer.because }] : [];
  });
}

/** Nothing but whether the caller is on a list, or has been admitted by a pass, a call of ours or staff. */
function asksIfKnown(logic: Logic): boolean {
  if (logic.kind === 'not') return false;
  if (logic.kind !== 'is') return logic.parts.every(asksIfKnown);
  return logic.variable.about === 'caller-list' || logic.variable.about === 'admission';
}

function rulesAbove({ rules }: Policy, decidingRule: string): readonly CompiledRule[] {
  const at = rules.findIndex(({ id, mode }) => id === decidingRule && mode === 'enforce');
  return at < 0 ? rules : rules.slice(0, at);
}

function conjuncts(formula: Formula): readonly Formula[] {
  return formula.kind === 'all' ? formula.parts.flatMap(conjuncts) : [formula];
}
