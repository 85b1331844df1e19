import type { Policy } from '../policy.ts';
import type { Problem } from '../problem.ts';
import { findDeadEnds } from './dead-ends.ts';
import { findOddRows } from './list-rows.ts';
import { findLongChallenges } from './long-challenges.ts';
import { findHeldUp, mustPassVariables } from './must-pass.ts';
import { findWideNegations } from './negations.ts';
import { findNeverMatching } from './never-matches.ts';
import { ruleClauses } from './rule-clauses.ts';
import { findUnattested } from './unattested-trunks.ts';

/**
 * What can be proven of a rule set without a call: nobody is stranded, must-pass numbers are connected, every rule can
 * match, no challenge outlasts the watchdog, no verification is asked for that no trunk gives, lists do not contradict each other.
 * @param fileOf the file of a list as the user typed it
 * @param now epoch ms; 0 when nothing counts as expired
 * @param progress told of the rules that were looked at, now and then
 */
export function proveRules(
  policy: Policy,
  fileOf: (list: string) => string,
  now: number,
  progress: (done: number, total: number) => void = () => undefined,
): Problem[] {
  const clauses = ruleClauses(policy, mustPassVariables(policy), now);
  return [
    ...findNeverMatching(clauses, now, progress),
    ...findDeadEnds(clauses),
    ...findHeldUp(clauses, now),
    ...findLongChallenges(policy),
    ...findWideNegations(clauses),
    ...findUnattested(policy),
    ...findOddRows(policy, fileOf, now),
  ];
}
