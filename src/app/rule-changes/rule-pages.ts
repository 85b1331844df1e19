import { triedCall } from '../../policy/cases/tried-call.ts';
import { decide } from '../../policy/decide.ts';
import { explained } from '../../policy/explanation.ts';
import type { PageDeps } from '../../report/web/page-deps.ts';
import type { LivePolicy } from '../../rules/live-policy.ts';
import type { RuleChanges } from './rule-changes.ts';

/** What the pages of rules ask beside the policy in force. */
export function rulePages(
  policy: LivePolicy,
  changes: RuleChanges,
): Pick<PageDeps, 'ruleHistory' | 'tryCall'> {
  return {
    ruleHistory: changes,
    tryCall(tried) {
      const current = policy.current();
      const call = triedCall(tried, current, Date.now());
      if ('problem' in call) return call;
      const { facts } = call;
      return { facts, explanation: explained(facts, decide(facts, current), current) };
    },
  };
}
