import type { CallFacts } from '../../../../call/facts.ts';
import type { TriedCall } from '../../../../policy/cases/tried-call.ts';
import type { Explanation } from '../../../../policy/explanation.ts';
import type { RuleChange } from '../../../../policy/rule-change.ts';

/** The history of the rules; from memory, but for the whole of one change. */
export interface RuleHistory {
  /** The newest first, without the lines of their diffs. */
  all(): readonly RuleChange[];
  /** Null: there is none. */
  find(id: string): Promise<RuleChange | null>;
}

/** What the policy in force decides on a possible call. Nothing is stored. */
export type TryCall = (
  tried: TriedCall,
) => { readonly facts: CallFacts; readonly explanation: Explanation } | { readonly problem: string };
