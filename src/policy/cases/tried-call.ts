import { DateTime } from 'luxon';
import type { CallFacts } from '../../call/facts.ts';
import type { Policy } from '../policy.ts';
import { ruleDefaults } from '../rule-defaults.ts';
import { signalsOf } from '../signals.ts';
import { caseCall, type WrittenCall } from './run-cases.ts';

/** What may be known of the caller of a tried call. */
export const triedHistories = {
  nothing: 'nothing',
  pass: 'passed a challenge before',
  dialed: 'we dialed the caller not long ago',
  expected: 'staff expect the call',
  scam: 'flagged as scam twice',
} as const;
export type TriedHistory = keyof typeof triedHistories;

/** A possible call, as a person describes it; empty: left out. */
export interface TriedCall {
  /** Any writing of a number; empty: withheld. */
  readonly from: string;
  readonly to: string;
  readonly name: string;
  readonly verification: NonNullable<WrittenCall['verification']>;
  readonly trunk: string;
  /** Local time, `2026-12-24T17:30`; empty: `now`. */
  readonly at: string;
  readonly known: TriedHistory;
}

const saidOf: Readonly<Record<TriedHistory, Exclude<WrittenCall['history'], 'missing' | undefined>>> = {
  nothing: {},
  pass: { 'has-pass': true },
  dialed: { dialed: true },
  expected: { expected: true },
  scam: { flagged: { scam: 2 } },
};

/** The facts of such a call; all else is ordinary, as in cases. Or why there are none. @param now epoch ms */
export function triedCall(
  tried: TriedCall,
  policy: Policy,
  now: number,
): { readonly facts: CallFacts } | { readonly problem: string } {
  const zone = policy.settings.timeZone ?? 'utc';
  const { from, to, name, trunk, at, verification, known } = tried;
  const made = caseCall(
    {
      from: from === '' ? 'withheld' : from,
      ...(to !== '' && { to }),
      ...{ name, verification, history: saidOf[known] },
      trunk: trunk === '' ? ruleDefaults.caseTrunk : trunk,
      at: at === '' ? DateTime.fromMillis(now, { zone }).toFormat("yyyy-MM-dd'T'HH:mm:ss") : at,
    },
    policy,
  );
  if ('missing' in made) return { problem: made.missing };
  const facts = { ...made.facts, callId: 'tried', linkedId: 'tried' };
  const signals = signalsOf(facts, policy);
  return { facts: signals === undefined ? facts : { ...facts, signals } };
}
