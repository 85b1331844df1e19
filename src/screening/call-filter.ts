import type { CallFilter } from './call-records.ts';
import type { Outcome } from './outcome.ts';
import { whereabouts } from './whereabouts.ts';

/** True when every field that the filter gives holds of the call. */
export function matchesFilter(outcome: Outcome, filter: CallFilter): boolean {
  const { facts, decision } = outcome;
  const { verification, now } = facts;
  const asked: readonly [wanted: unknown, found: unknown][] = [
    [filter.caller, facts.caller.number],
    [filter.called, facts.called.number],
    [filter.rule, decision?.rule],
    [filter.verdict, decision?.verdict.kind ?? 'none'],
    [filter.where, whereabouts(outcome)],
    [filter.challenge, outcome.challenge?.result],
    [filter.verification, verification.result],
    [filter.attestation, verification.attestation],
    [filter.signer, verification.signer],
    [filter.campaign, facts.history?.campaign],
    [filter.bypass, outcome.bypass?.reason],
  ];
  return (
    now >= filter.since &&
    now < filter.until &&
    asked.every(([wanted, found]) => wanted === undefined || wanted === found)
  );
}
