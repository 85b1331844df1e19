import { decide } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import type { Decision } from '../policy/verdict.ts';
import { harmlessJson } from '../report/harmless.ts';
import { type NumbersShown, shownJson } from '../report/shown-record.ts';
import type { Outcome } from '../screening/outcome.ts';
import { callWords, decisionLines, explanationJson, verdictWords } from './explanation.ts';
import { onScreen } from './on-screen.ts';

/**
 * A past call in plain words. Under the rules that decided it everything can be told; under others its recorded trace is,
 * and what the rules of now make of it. @param policy null when the rules of now are refused
 */
export function pastCallText(outcome: Outcome, policy: Policy | null, numbers: NumbersShown): string {
  const { facts, decision, callId } = outcome;
  const words: Words = (text) => numbers.text(text, callId);
  const told = (lines: readonly string[]) => lines.map((line) => toldLine(line, words));
  const call = callWords(facts, (number) => numbers.show(number, callId));
  const lines = [
    `${words(call)}, ${new Date(facts.now).toISOString().slice(0, 19)}Z, on ${onScreen(words(facts.trunk))}`,
    `Call id: ${onScreen(callId)}, SIP ${onScreen(words(facts.sipCallId)) || 'none'}`,
    `Ended:   ${endWords(outcome, words)}`,
  ];
  if (facts.noHistoryReason !== null) lines.push(`History: missing (${facts.noHistoryReason})`);
  const isSame = decision !== null && decision.policyVersion === policy?.version;
  if (isSame && policy) return [...lines, ...told(decisionLines(facts, decision, policy))].join('\n');
  if (decision === null) lines.push('It never met the policy.');
  else lines.push(...told(recordedLines(decision)));
  if (policy === null) lines.push('', 'The rules of now are refused: gatehouse check says why.');
  else lines.push('', 'By the rules of now:', ...told(decisionLines(facts, decide(facts, policy), policy)));
  return lines.join('\n');
}

/** The same for programs: the recorded decision as the call had it, `now` by the rules of now. */
export function pastCallJson(outcome: Outcome, policy: Policy | null, numbers: NumbersShown): string {
  const { facts, callId, decision, challenge, exit, bypass, adopted, timings } = outcome;
  const now = policy === null ? null : explanationJson(facts, decide(facts, policy), policy);
  const all = {
    call: { callId, sipCallId: facts.sipCallId, challenge, exit, bypass, adopted, timings },
    facts,
    recorded: decision,
    // Whether the rules that decided are those of now.
    sameRules: decision !== null && decision.policyVersion === policy?.version,
    now: now === null ? null : { ...now, facts: undefined },
  };
  return harmlessJson(shownJson(all, numbers, callId));
}

/** A text that may hold numbers, as this reader may see it. */
type Words = (text: string) => string;

/** Labels and names may hold numbers. Versions are no numbers of people, though they may look so. */
function toldLine(line: string, words: Words): string {
  return /policy (version )?[0-9a-f]{12}/i.test(line) ? line : words(line);
}

function recordedLines(decision: Decision): string[] {
  const earlier = decision.trace.filter(({ rule, matched }) => !(rule === decision.rule && matched));
  return [
    `Verdict: ${verdictWords(decision.verdict)}`,
    `Rule:    ${decision.rule} of policy ${decision.policyVersion}, which is not in force any more`,
    `Because: ${onScreen(decision.reason)}`,
    ...(earlier.length > 0 ? ['Earlier rules, as recorded:'] : []),
    ...earlier.map(({ rule, because }) => `  - ${rule}: ${onScreen(because)}`),
  ];
}

function endWords({ exit, bypass, challenge }: Outcome, words: Words): string {
  const ways = {
    connect: () => (exit.kind === 'connect' ? `connected to ${exit.exit}` : ''),
    voicemail: () => (exit.kind === 'voicemail' ? `in mailbox ${exit.box}` : ''),
    reject: () => (exit.kind === 'reject' ? `rejected (SIP ${exit.sip})` : ''),
    none: () => (exit.kind === 'none' ? exit.reason : ''),
  };
  const asked = challenge === null ? '' : `, challenge ${challenge.result}`;
  const around =
    bypass === null
      ? ''
      : `, round the screener: ${bypass.reason} ${onScreen(words(bypass.detail))}`.trimEnd();
  return ways[exit.kind]() + asked + around;
}
