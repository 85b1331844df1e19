import type { CallFacts } from './facts.ts';
import type { Policy } from './policy.ts';
import type { Decision, TraceEntry } from './verdict.ts';

/** Rule id of a decision that no rule made. */
export const noRule = 'none';

const everyCall = 'every call';

/**
 * The verdict on one call: the first enforced rule that matches wins; monitor rules above it are noted. Never throws
 * and always answers: what nobody foresaw goes to the operators, because a call is never lost to its screener.
 */
export function decide(facts: CallFacts, policy: Policy): Decision {
  try {
    return firstMatch(facts, policy);
  } catch (error) {
    return toOperators(
      policy,
      `the rules failed: ${error instanceof Error ? error.message : 'unknown error'}`,
      [],
    );
  }
}

function firstMatch(facts: CallFacts, policy: Policy): Decision {
  const trace: TraceEntry[] = [];
  const monitored: { rule: string; verdict: Decision['verdict'] }[] = [];
  for (const rule of policy.rules) {
    const answer = rule.test === null ? null : rule.test(facts);
    const matched = answer === null || answer.holds === 'yes';
    const because = answer === null ? everyCall : answer.because;
    trace.push({ rule: rule.id, mode: rule.mode, matched, because });
    if (!matched) continue;
    const listed = answer === null ? null : answer.listed;
    const verdict = rule.verdict(facts, listed);
    if (rule.mode === 'monitor') {
      monitored.push({ rule: rule.id, verdict });
      continue;
    }
    return {
      verdict,
      rule: rule.id,
      reason: rule.reason ?? because,
      policyVersion: policy.version,
      trace,
      monitored,
      listedName: listed === null ? null : listed.name,
    };
  }
  return toOperators(policy, 'no rule matched', trace);
}

function toOperators(policy: Policy, reason: string, trace: readonly TraceEntry[]): Decision {
  return {
    verdict: { kind: 'connect', exit: policy.settings.operatorsExit, label: null },
    rule: noRule,
    reason,
    policyVersion: policy.version,
    trace,
    monitored: [],
    listedName: null,
  };
}
