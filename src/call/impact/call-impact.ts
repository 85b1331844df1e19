import { dispositionOf, type RealExit } from '../disposition.ts';
import { campaignOf } from '../facts.ts';
import type { Outcome } from '../outcome.ts';
import type { CallImpact } from '../vocabulary.ts';

/**
 * What a call meant to people. A caller who did not pass is a robot, mostly; one whose carrier vouches for the number (attestation A), or who
 * pressed digits and the wrong ones, may well be a person. Calls of a campaign are not. The same in SQL:
 * src/call-store/projection/questions.ts.
 */
export function impactOf(outcome: Outcome, realExit: RealExit | null = null): CallImpact {
  const { facts, challenge } = outcome;
  const disposition = dispositionOf(outcome, realExit);
  if (disposition === 'connected' || disposition === 'bypassed') return 'reached';
  const isMissed = challenge !== null && challenge.result !== 'passed';
  const { result, attestation } = facts.verification;
  const isVouchedFor = result === 'passed' && attestation === 'A';
  const isInCampaign = (campaignOf(facts) ?? null) !== null;
  if (isMissed && !isInCampaign && (isVouchedFor || challenge.result === 'failed')) return 'harmed';
  return isMissed || disposition === 'rejected' ? 'stopped' : 'other';
}
