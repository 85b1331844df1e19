import type { CallFacts } from '../call/facts.ts';
import type { ChallengeOutcome, Exit, Outcome, Timings } from '../call/outcome.ts';
import type { Decision } from '../call/verdict.ts';
import { whyNoNumber } from '../privacy/kept-caller.ts';
import { maskNumber } from '../privacy/mask-number.ts';
import type { WayOut } from './exit-target.ts';

/** How a call ended: on a way out, by the caller, or nobody saw it (`unaccounted`); then nothing is guessed. */
export type CallEnd = WayOut | 'caller-hung-up' | 'unaccounted';

export interface CallStory {
  readonly facts: CallFacts;
  readonly decision: Decision | null;
  readonly challenge: ChallengeOutcome | null;
  readonly adopted: boolean;
  readonly timings: Timings;
}

/** The one final record of a call. */
export function outcomeOf(story: CallStory, end: CallEnd): Outcome {
  const bypass = typeof end === 'object' && 'bypass' in end ? end : null;
  return {
    schema: 1,
    callId: story.facts.callId,
    node: story.facts.callId.split('/', 1)[0] ?? '',
    facts: story.facts,
    decision: story.decision,
    challenge: story.challenge,
    exit: exitOf(end),
    bypass: bypass && { reason: bypass.bypass, detail: bypass.detail },
    adopted: story.adopted,
    timings: story.timings,
  };
}

/** How long the caller's pass is to last, ms; 0 when the caller did not pass. */
export function passForMs(outcome: Outcome): number {
  const verdict = outcome.decision?.verdict;
  // A right key proves a person, not that the number is theirs.
  if (outcome.facts.verification.result === 'failed') return 0;
  if (outcome.challenge?.result !== 'passed' || verdict?.kind !== 'challenge') return 0;
  return verdict.passForMs;
}

/** Fields of the one decision line a call; numbers masked. */
export function logFields(outcome: Outcome): Record<string, unknown> {
  const { facts, decision, exit } = outcome;
  return {
    callId: facts.callId,
    sipCallId: facts.sipCallId,
    trunk: facts.trunk,
    caller: facts.caller.number === null ? whyNoNumber(facts.caller) : maskNumber(facts.caller.number),
    called: maskNumber(facts.called.number ?? facts.called.raw),
    verification: facts.verification.result,
    rule: decision?.rule ?? null,
    verdict: decision?.verdict.kind ?? null,
    policyVersion: decision?.policyVersion ?? null,
    noHistoryReason: facts.noHistoryReason,
    challenge: outcome.challenge?.result ?? null,
    exit: exit.kind === 'connect' ? exit.exit : exit.kind,
    bypass: outcome.bypass?.reason ?? null,
    detail: outcome.bypass?.detail ?? (exit.kind === 'none' ? exit.reason : null),
    adopted: outcome.adopted,
    ...outcome.timings,
  };
}

function exitOf(end: CallEnd): Exit {
  if (typeof end === 'string') return { kind: 'none', reason: end };
  return 'exit' in end ? end.exit : { kind: 'connect', exit: 'operators', label: null };
}
