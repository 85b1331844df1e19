import { type Explanation, explained } from '../policy/explanation.ts';
import type { CallFacts } from '../policy/facts.ts';
import { whyNoNumber } from '../policy/kept-caller.ts';
import type { Policy } from '../policy/policy.ts';
import type { Place } from '../policy/problem.ts';
import type { Decision, Verdict } from '../policy/verdict.ts';
import { onScreen } from './on-screen.ts';

/**
 * A decision in plain words: the call, the verdict, the deciding rule and why each one above it did not decide, which of
 * them nearly did, and what was not known.
 */
export function explanationText(facts: CallFacts, decision: Decision, policy: Policy): string {
  return [callWords(facts), ...decisionLines(facts, decision, policy)].join('\n');
}

export function callWords(facts: CallFacts, shown: (number: string) => string = (number) => number): string {
  const { caller, called } = facts;
  const name = caller.displayName ? ` "${onScreen(caller.displayName)}"` : '';
  const why = whyNoNumber(caller);
  const from =
    caller.number === null ? `${/^[aeiou]/.test(why) ? 'an' : 'a'} ${why} number` : shown(caller.number);
  return `Call from ${from}${name} to ${onScreen(shown(called.number ?? called.raw))}`;
}

export function decisionLines(facts: CallFacts, decision: Decision, policy: Policy): string[] {
  const explanation = explained(facts, decision, policy);
  const { about, place, trace, nearMisses, missingFacts } = explanation;
  const earlier = trace.filter(({ rule, mode }) => !(rule === decision.rule && mode === 'enforce'));
  const would = decision.monitored.find(({ rule }) => rule === decision.rule);
  return [
    `Verdict: ${verdictWords(decision.verdict)}`,
    ...(would ? [`         the whole board is in monitor mode; else: ${verdictWords(would.verdict)}`] : []),
    `Rule:    ${decision.rule} (${placeWords(place)})`,
    ...(about ? [`         ${about}`] : []),
    `Because: ${onScreen(decision.reason)}`,
    ...(earlier.length > 0 ? ['Earlier rules:'] : []),
    ...earlier.map((entry) => earlierWords(entry, decision)),
    ...(nearMisses.length > 0 ? ['Near misses (all but one condition held):'] : []),
    ...nearMisses.map((one) => `  - ${one.rule} (${placeWords(one.place)}): ${onScreen(one.failed)}`),
    ...(missingFacts.length > 0 ? ['Not known of this call, so that these rules could not match:'] : []),
    ...missingFacts.map((one) => `  - ${one.rule} (${placeWords(one.place)}): ${onScreen(one.because)}`),
    `Policy version ${decision.policyVersion}`,
  ];
}

/** The same for programs. */
export function explanationJson(facts: CallFacts, decision: Decision, policy: Policy) {
  const { place, trace, nearMisses, missingFacts } = explained(facts, decision, policy);
  const { verdict, rule, reason, policyVersion, monitored, listedName, mode } = decision;
  return {
    ...{ verdict, rule, reason, policyVersion, monitored, listedName },
    ...(mode === undefined ? {} : { mode }),
    ...{ place, trace, nearMisses, missingFacts, facts },
  };
}

export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'connect':
      return `connect to ${verdict.exit}${verdict.label ? `, shown as "${onScreen(verdict.label)}"` : ''}`;
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

function earlierWords(entry: Explanation['trace'][number], decision: Decision): string {
  const place = `${entry.rule} (${placeWords(entry.place)})`;
  const because = onScreen(entry.because);
  if (!entry.matched) return `  - ${place}: ${because}`;
  const would = decision.monitored.find((one) => one.rule === entry.rule);
  return `  - ${place}: monitored only, would ${would ? verdictWords(would.verdict) : 'match'} (${because})`;
}

function placeWords(place: Place | null): string {
  return place ? `${place.file}:${place.line}:${place.column}` : 'no rule';
}
