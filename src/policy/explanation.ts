import type { CallFacts } from './facts.ts';
import { factsMissing, type MissingFact, type NearMiss, nearMisses } from './near-misses.ts';
import type { Policy } from './policy.ts';
import type { Place } from './problem.ts';
import type { Decision, TraceEntry } from './verdict.ts';

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
