import type { CallFacts } from '../call/facts.ts';
import type { Decision, Verdict } from '../call/verdict.ts';
import { isOver, noRule, reasonOf, TracedDecision } from './decision.ts';
import type { CompiledRule, Policy } from './policy.ts';

export { noRule } from './decision.ts';

type Monitored = { readonly rule: string; readonly verdict: Verdict };
const nothingMonitored: readonly Monitored[] = [];

/**
 * The verdict on one call: the first enforced rule that matches wins; monitor rules above it are noted. Never throws
 * and always answers: what nobody foresaw goes to the operators, because a call is never lost to its screener.
 */
export function decide(facts: CallFacts, policy: Policy): Decision {
  try {
    return firstMatch(facts, policy);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown error';
    return toOperators(facts, policy, `the rules failed: ${why}`, 0);
  }
}

function firstMatch(facts: CallFacts, policy: Policy): Decision {
  const { rules, index } = policy;
  let monitored: Monitored[] | null = null;
  index.begin(facts);
  for (let at = index.next(); at >= 0; at = index.next()) {
    const rule = rules[at] as CompiledRule;
    if (isOver(rule, facts.now)) continue;
    const answer = rule.test === null ? null : rule.test(facts);
    const listed = answer === null ? null : answer.listed;
    const verdict = rule.verdict(facts, listed);
    if (rule.mode === 'monitor') {
      monitored ??= [];
      monitored.push({ rule: rule.id, verdict });
      continue;
    }
    const reason = reasonOf(rule, answer === null ? null : answer.because);
    const name = listed === null ? null : listed.name;
    const others = monitored ?? nothingMonitored;
    if (policy.settings.mode === 'monitor' && verdict.kind !== 'connect') {
      const would = [...others, { rule: rule.id, verdict }];
      return new TracedDecision(operators(policy), rule.id, reason, would, name, facts, policy, at + 1);
    }
    return new TracedDecision(verdict, rule.id, reason, others, name, facts, policy, at + 1);
  }
  return toOperators(facts, policy, 'no rule matched', rules.length);
}

function toOperators(facts: CallFacts, policy: Policy, reason: string, looked: number): Decision {
  return new TracedDecision(operators(policy), noRule, reason, nothingMonitored, null, facts, policy, looked);
}

function operators(policy: Policy): Verdict {
  return { kind: 'connect', exit: policy.settings.operatorsExit, label: null };
}
