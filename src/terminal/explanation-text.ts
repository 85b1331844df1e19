import { calledWords, type NameOf, noNames } from '../call/called-name.ts';
import { type CallFacts, calledText, everyCalendar, listedNumber } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { exitWords, levelWords, verdictWords } from '../call/sentences.ts';
import { signalWords } from '../call/signal-words.ts';
import type { Decision, Verdict } from '../call/verdict.ts';
import { decide } from '../policy/decide.ts';
import { type Explanation, explained } from '../policy/explanation.ts';
import { namedNumber } from '../policy/named-number.ts';
import type { Policy } from '../policy/policy.ts';
import type { Place } from '../policy/problem.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import { type NumbersShown, shownJson, shownSipCallId } from '../privacy/shown-record.ts';
import { visibleText } from '../text/visible-text.ts';

/** A decision for people: the call, the verdict, the rule, why no earlier rule decided, near misses and missing facts. */
export function explanationText(facts: CallFacts, decision: Decision, policy: Policy): string {
  return [
    callWords(facts, unmasked, namesOf(policy)),
    ...contextLines(facts),
    ...decisionLines(facts, decision, policy),
  ].join('\n');
}

/** The same for programs. */
export function explanationJson(facts: CallFacts, decision: Decision, policy: Policy) {
  const { place, trace, nearMisses, missingFacts } = explained(facts, decision, policy);
  const { verdict, rule, reason, policyVersion, monitored, listedName, mode } = decision;
  return {
    ...{ verdict, rule, reason, policyVersion, monitored, listedName },
    ...(mode === undefined ? {} : { mode }),
    ...{ place, trace, nearMisses, missingFacts, facts },
    calledName: namesOf(policy)(calledText(facts.called)),
  };
}

/**
 * A past call for people. Under the policy that decided it everything is explained; under another, its recorded trace and
 * the decision of the current rules. @param policy null when the current rules are refused
 */
export function pastCallText(outcome: Outcome, policy: Policy | null, numbers: NumbersShown): string {
  const { facts, decision, callId } = outcome;
  const words: Words = (text) => numbers.text(text, callId);
  const told = (lines: readonly string[]) => lines.map((line) => shownLine(line, words));
  const call = callWords(facts, numbers, namesOf(policy));
  const lines = [
    `${call}, ${new Date(facts.now).toISOString().slice(0, 19)}Z, on ${visibleText(words(facts.trunk))}`,
    `Call id: ${visibleText(callId)}, SIP ${visibleText(shownSipCallId(facts, numbers)) || 'none'}`,
    `Result:  ${resultWords(outcome, words)}`,
  ];
  if (facts.noHistoryReason !== null) lines.push(`History: missing (${facts.noHistoryReason})`);
  lines.push(...contextLines(facts));
  const isSame = decision !== null && decision.policyVersion === policy?.version;
  if (isSame && policy) return [...lines, ...told(decisionLines(facts, decision, policy))].join('\n');
  if (decision === null) lines.push('No rule was evaluated.');
  else lines.push(...told(recordedLines(decision)));
  if (policy === null) lines.push('', 'The current rules are refused; run gatehouse check.');
  else lines.push('', 'By the current rules:', ...told(decisionLines(facts, decide(facts, policy), policy)));
  return lines.join('\n');
}

/** The same for programs: the decision as recorded, and `now` by the current rules. */
export function pastCallJson(outcome: Outcome, policy: Policy | null, numbers: NumbersShown): object {
  const { facts, callId, decision, challenge, exit, bypass, adopted, timings } = outcome;
  const now = policy === null ? null : explanationJson(facts, decide(facts, policy), policy);
  const all = {
    call: { callId, sipCallId: facts.sipCallId, challenge, exit, bypass, adopted, timings },
    facts,
    recorded: decision,
    // Whether the current rules are those that decided.
    sameRules: decision !== null && decision.policyVersion === policy?.version,
    now: now === null ? null : { ...now, facts: undefined },
  };
  return shownJson(all, numbers, facts) as typeof all;
}

/** What was said of the whole site, and what the call shows beside its numbers, if anything. */
function contextLines(facts: CallFacts): string[] {
  const { site, now } = facts;
  const { closed = [], emergencyDialedAt, levels, callBackSurge } = site ?? {};
  const above = levelWords(levels ?? {});
  const names = closed.map((one) => (one === everyCalendar ? 'all calendars' : visibleText(one)));
  const minutes = emergencyDialedAt === undefined ? null : Math.floor((now - emergencyDialedAt) / 60_000);
  return [
    ...(names.length > 0 ? [`Closed by hand: ${names.join(', ')}`] : []),
    ...(above === null ? [] : [`Attack level: ${visibleText(above)}`]),
    ...(callBackSurge ? ['A call-back surge on the called number was on'] : []),
    ...(minutes === null ? [] : [`An emergency number was dialed ${minutes} min before`]),
    ...signalWords(facts).map(([name, text]) => `${name}: ${text}`),
  ];
}

/** A text that may hold numbers, as this reader may see it. */
type Words = (text: string) => string;

/** Labels and names may hold numbers. A policy version may look like a number and is none. */
function shownLine(line: string, words: Words): string {
  return /policy (version )?[0-9a-f]{12}/i.test(line) ? line : words(line);
}

const unmasked: NumbersShown = { show: (number) => number, text: (text) => text };

/** What lists in force call our own numbers. */
function namesOf(policy: Policy | null): NameOf {
  const now = Date.now();
  return policy === null ? noNames : (called) => namedNumber(policy, called, now);
}

export function callWords(
  facts: CallFacts,
  numbers: NumbersShown = unmasked,
  nameOf: NameOf = noNames,
): string {
  const { caller, called, callId } = facts;
  const name = caller.displayName ? ` "${visibleText(numbers.text(caller.displayName, callId))}"` : '';
  const why = whyNoNumber(caller);
  const from =
    caller.number === null
      ? (listedNumber(caller) ?? `${/^[aeiou]/.test(why) ? 'an' : 'a'} ${why} number`)
      : numbers.show(caller.number, callId);
  return `Call from ${from}${name} to ${visibleText(calledWords(calledText(called), nameOf))}`;
}

export function decisionLines(facts: CallFacts, decision: Decision, policy: Policy): string[] {
  const { about, place, trace, nearMisses, missingFacts } = explained(facts, decision, policy);
  const earlier = trace.filter(({ rule, mode }) => !(rule === decision.rule && mode === 'enforce'));
  const would = decision.monitored.find(({ rule }) => rule === decision.rule);
  return [
    `Verdict: ${verdictLines(decision.verdict)}`,
    ...(would ? [`         (the board is in monitor mode; enforced: ${verdictLines(would.verdict)})`] : []),
    `Rule:    ${decision.rule} (${placeWords(place)})`,
    ...(about ? [`         ${about}`] : []),
    `Because: ${visibleText(decision.reason)}`,
    ...(earlier.length > 0 ? ['Earlier rules:'] : []),
    ...earlier.map((entry) => earlierWords(entry, decision)),
    ...(nearMisses.length > 0 ? ['Near misses (all conditions but one held):'] : []),
    ...nearMisses.map((one) => `  - ${one.rule} (${placeWords(one.place)}): ${visibleText(one.failed)}`),
    ...(missingFacts.length > 0 ? ['Facts missing, so these rules could not match:'] : []),
    ...missingFacts.map((one) => `  - ${one.rule} (${placeWords(one.place)}): ${visibleText(one.because)}`),
    `Policy version ${decision.policyVersion}`,
  ];
}

function recordedLines(decision: Decision): string[] {
  const earlier = decision.trace.filter(({ rule, matched }) => !(rule === decision.rule && matched));
  return [
    `Verdict: ${verdictLines(decision.verdict)}`,
    `Rule:    ${decision.rule} of policy ${decision.policyVersion}, which is no longer in force`,
    `Because: ${visibleText(decision.reason)}`,
    ...(earlier.length > 0 ? ['Earlier rules, as recorded:'] : []),
    ...earlier.map(({ rule, because }) => `  - ${rule}: ${visibleText(because)}`),
  ];
}

/** A verdict with what follows a challenge. */
function verdictLines(verdict: Verdict): string {
  const words = visibleText(verdictWords(verdict));
  if (verdict.kind !== 'challenge') return words;
  return [
    `${words} of ${verdict.digitTimeoutMs / 1000} s`,
    `  passed: ${verdictLines(verdict.passed)}`,
    `  failed: ${verdictLines(verdict.failed)}`,
    `  silent: ${verdictLines(verdict.silent)}`,
  ].join('\n         ');
}

function earlierWords(entry: Explanation['trace'][number], decision: Decision): string {
  const place = `${entry.rule} (${placeWords(entry.place)})`;
  const because = visibleText(entry.because);
  if (!entry.matched) return `  - ${place}: ${because}`;
  const would = decision.monitored.find((one) => one.rule === entry.rule);
  return `  - ${place}: monitored only, would ${would ? verdictLines(would.verdict) : 'match'} (${because})`;
}

function placeWords(place: Place | null): string {
  return place ? `${place.file}:${place.line}:${place.column}` : 'no rule';
}

function resultWords({ exit, bypass, challenge }: Outcome, words: Words): string {
  const asked = challenge === null ? '' : `, challenge ${challenge.result}`;
  const around = bypass === null ? '' : `, bypassed screening: ${bypass.reason} ${words(bypass.detail)}`;
  return visibleText(`${words(exitWords(exit))}${asked}${around}`.trimEnd());
}
