import type { CallFacts } from '../policy/facts.ts';
import type { CompiledRule, Policy } from '../policy/policy.ts';
import type { Decision, TraceEntry, Verdict } from '../policy/verdict.ts';

/** A decision in plain words: the call, the verdict, the deciding rule and why each one above it did not decide. */
export function explanationText(facts: CallFacts, decision: Decision, policy: Policy): string {
  const rules = new Map(policy.rules.map((rule) => [rule.id, rule]));
  const earlier = decision.trace.filter(({ rule, mode }) => !(rule === decision.rule && mode === 'enforce'));
  const about = rules.get(decision.rule)?.about;
  return [
    `Call from ${callerWords(facts)} to ${facts.called.number ?? onScreen(facts.called.raw)}`,
    `Verdict: ${verdictWords(decision.verdict)}`,
    `Rule:    ${decision.rule} (${placeWords(rules.get(decision.rule))})`,
    ...(about ? [`         ${about}`] : []),
    `Because: ${decision.reason}`,
    ...(earlier.length > 0 ? ['Earlier rules:'] : []),
    ...earlier.map((entry) => earlierWords(entry, rules.get(entry.rule), decision)),
    `Policy version ${decision.policyVersion}`,
  ].join('\n');
}

export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return `connect to ${verdict.exit}${verdict.label ? `, shown as "${verdict.label}"` : ''}`;
    case 'voicemail':
      return `take a message in box ${verdict.box}`;
    case 'reject':
      return `reject (SIP ${verdict.sip})${verdict.announcement ? `, after the words of "${verdict.announcement}"` : ''}`;
    case 'challenge':
      return [
        `challenge ${verdict.challenge} in ${verdict.language}, ${verdict.attempts} attempts of ${verdict.digitTimeoutMs / 1000} s`,
        `  passed: ${verdictWords(verdict.passed)}`,
        `  failed: ${verdictWords(verdict.failed)}`,
        `  silent: ${verdictWords(verdict.silent)}`,
      ].join('\n         ');
  }
}

function callerWords({ caller }: CallFacts): string {
  const name = caller.displayName ? ` "${onScreen(caller.displayName)}"` : '';
  const number = caller.number ?? `a ${caller.reason ?? 'missing'} number`;
  return number + name;
}

function earlierWords(entry: TraceEntry, rule: CompiledRule | undefined, decision: Decision): string {
  const place = `${entry.rule} (${placeWords(rule)})`;
  if (!entry.matched) return `  - ${place}: ${entry.because}`;
  const would = decision.monitored.find((one) => one.rule === entry.rule);
  return `  - ${place}: monitored only, would ${would ? verdictWords(would.verdict) : 'match'} (${entry.because})`;
}

function placeWords(rule: CompiledRule | undefined): string {
  return rule ? `${rule.place.file}:${rule.place.line}:${rule.place.column}` : 'no rule';
}

/** A name written by a caller must not move the cursor of the terminal it is shown on. */
function onScreen(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
