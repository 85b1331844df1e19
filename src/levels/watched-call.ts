import { campaignOf } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { standardWindows } from '../call/windows.ts';

const tenMinutes = standardWindows.indexOf(600_000);
const oneDay = standardWindows.indexOf(86_400_000);
/** One caller who tries again and again is no wave of callers. */
const mostCallsOfOne = 3;

/** How a call counts for attack levels. */
export const callKinds = ['passed', 'not-passed', 'unasked', 'member'] as const;
export type CallKind = (typeof callKinds)[number];

/**
 * `passed`, `not-passed`: an unknown caller who was challenged; `unasked`: one who was connected without a challenge; `member`: of a
 * campaign, whatever they pressed. Null: counts for nothing, as callers do whom the rules know or turn away.
 */
export function levelKind({ facts, decision, challenge }: Outcome): CallKind | null {
  if (decision === null || decision.known === true || decision.verdict.kind === 'reject') return null;
  // Whoever calls back a forged number and hangs up after the explanation attacks nobody.
  if (facts.site?.callBackSurge === true) return null;
  if (typeof campaignOf(facts) === 'string') return 'member';
  if (challenge === null) return decision.verdict.kind === 'connect' ? 'unasked' : null;
  if (challenge.result === 'passed') return 'passed';
  return (facts.history?.calls?.[tenMinutes] ?? 0) >= mostCallsOfOne ? null : 'not-passed';
}

/** How a call counts for call-back surges. */
export const callBackKinds = ['person', 'no-key', 'unasked', 'other'] as const;
export type CallBackKind = (typeof callBackKinds)[number];

/**
 * `person`: an unknown number that calls for the first time in a day and whose caller pressed a key; `no-key`: one without;
 * `unasked`: one who was connected without a challenge; `other`: known callers, those we dialed, and those who call again. Null:
 * says nothing, as a member of a campaign or a call without history.
 */
export function callBackKind({ facts, decision, challenge }: Outcome): CallBackKind | null {
  const { history, caller } = facts;
  if (decision === null || typeof campaignOf(facts) === 'string') return null;
  const before = history?.calls?.[oneDay];
  if (decision.known === true || (before ?? 0) > 0) return 'other';
  if (caller.number === null || typeof before !== 'number' || decision.verdict.kind === 'reject') return null;
  if (challenge === null) return decision.verdict.kind === 'connect' ? 'unasked' : null;
  return challenge.attempts.some(({ heard }) => heard !== '') ? 'person' : 'no-key';
}
