import { placeOf } from '../../conditions/share.ts';
import type { Side, Variable } from '../../logic/logic.ts';
import type { Policy } from '../../policy.ts';
import { numberAnswers } from '../../proof/number-answers.ts';

/** Both policies, as the points of a call's facts are made from them. */
export interface PolicyPair {
  readonly before: Policy;
  readonly after: Policy;
  /** Epoch ms of the comparison: rows of lists may have ended. */
  readonly now: number;
  /** Names that callers claim, of both. */
  readonly claimed: readonly string[];
}

/** What is true of a number (E.164 or a short code); null: the number alone does not tell. */
export function exactAnswer(
  variable: Variable,
  number: string,
  { before, after, now }: PolicyPair,
): boolean | null {
  if (variable.about === 'caller-list' || variable.about === 'called-list') {
    const { list, only } = variable;
    return isListed(list, only, number, before, after, now);
  }
  if (variable.about === 'share')
    return number.startsWith('+') && placeOf(number) < Math.round(variable.percent * 100);
  if (!number.startsWith('+') && variable.about !== 'caller-pattern') return null;
  return numberAnswers(variable, number, before.lists, now);
}

function isListed(
  list: string,
  only: Side | undefined,
  number: string,
  before: Policy,
  after: Policy,
  now: number,
): boolean {
  const old = before.lists.get(list);
  const recent = after.lists.get(list);
  const inOld = (old?.find(number, now) ?? null) !== null;
  const inNew = (recent?.find(number, now) ?? null) !== null;
  if (only === 'old') return inOld && !inNew;
  if (only === 'new') return inNew && !inOld;
  // A list that one policy has alone is asked by that one alone.
  return (old === undefined || inOld) && (recent === undefined || inNew);
}
