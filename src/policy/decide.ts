import type { Listed } from './conditions/answer.ts';
import { isOver, noRule, reasonOf, TracedDecision } from './decision.ts';
import type { CallFacts } from './facts.ts';
import type { CompiledRule, Policy } from './policy.ts';
import type { Decision, Verdict } from './verdict.ts';

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
  const { rules } = policy;
  let monitored: Monitored[] | null = null;
  let decided: Decision | null = null;
  policy.index.visit(facts, (at) => {
    const rule = rules[at] as CompiledRule;
    if (isOver(rule, facts.now) || rule.holds(facts) !== 'yes') return false;
    const answer = rule.test === null ? null : rule.test(facts);
    const listed = answer === null ? null : answer.listed;
    const verdict = rule.verdict(facts, listed);
    if (rule.mode === 'monitor') {
      monitored ??= [];
      monitored.push({ rule: rule.id, verdict });
      return false;
    }
    const because = answer === null ? null : answer.because;
    decided = decisionOf(rule, verdict, because, listed, monitored ?? nothingMonitored, facts, policy, at);
    return true;
  });
  return decided ?? toOperators(facts, policy, 'no rule matched', rules.length);
}

function decisionOf(
  rule: CompiledRule,
  verdict: Verdict,
  because: string | null,
  listed: Listed | null,
  monitored: readonly Monitored[],
  facts: CallFacts,
  policy: Policy,
  at: number,
): Decision {
  const { settings, version } = policy;
  const onlyWatched = settings.mode === 'monitor' && verdict.kind !== 'connect';
  const decided = {
    verdict: onlyWatched ? operators(policy) : verdict,
    rule: rule.id,
    reason: reasonOf(rule, because),
    policyVersion: version,
    monitored: onlyWatched ? [...monitored, { rule: rule.id, verdict }] : monitored,
    listedName: listed === null ? null : listed.name,
  };
  return new TracedDecision(decided, facts, policy, at + 1);
}

function toOperators(facts: CallFacts, policy: Policy, reason: string, looked: number): Decision {
  const decided = {
    verdict: operators(policy),
    rule: noRule,
    reason,
    policyVersion: policy.version,
    monitored: nothingMonitored,
    listedName: null,
  };
  return new TracedDecision(decided, facts, policy, looked);
}

function operators(policy: Policy): Verdict {
  return { kind: 'connect', exit: policy.settings.operatorsExit, label: null };
}
