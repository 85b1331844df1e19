import { createHmac } from 'node:crypto';
import type { CallFacts } from '../policy/facts.ts';
import { isPseudonym } from '../policy/kept-caller.ts';
import type { Outcome } from '../screening/outcome.ts';
import { factsWithout, outcomeWithout } from './without-caller.ts';

const numberForm = /^\+[0-9]{2,20}$/;

/** How callers are called in everything that is stored: outbox, records, windows, passes. */
export interface CallerNames {
  /** True when it is a pseudonym: whoever has the store alone cannot tell the number. */
  readonly hidesNumbers: boolean;
  /** What stands for this number (E.164), always the same. A name that is stored already stays as it is. */
  of(callerNumber: string): string;
  facts(facts: CallFacts): CallFacts;
  outcome(outcome: Outcome): Outcome;
}

/** Callers are called by their numbers. */
export const plainNames: CallerNames = {
  hidesNumbers: false,
  of: (callerNumber) => callerNumber,
  facts: (facts) => facts,
  outcome: (outcome) => outcome,
};

/**
 * Callers are called by 128 bits of HMAC-SHA256 (RFC 2104) of their number. The number is taken out of the rest of the
 * record too, display name, listed name and labels are not kept, because they name people. Without the key nobody can tell
 * a number, with it anybody who tries all numbers can: it is kept like a password.
 */
export function pseudonymNames(key: string): CallerNames {
  const of = (callerNumber: string) =>
    isPseudonym(callerNumber)
      ? callerNumber
      : `p_${createHmac('sha256', key).update(`caller ${callerNumber}`).digest('base64url').slice(0, 22)}`;
  const standIn = ({ caller }: CallFacts) => {
    const number = caller.number === null ? null : of(caller.number);
    return { caller: { number, reason: caller.reason, raw: number ?? '', displayName: '' }, keepsIds: true };
  };
  return {
    hidesNumbers: true,
    of,
    facts: (facts) => factsWithout(facts, standIn(facts)),
    outcome: (outcome) => outcomeWithout(outcome, standIn(outcome.facts)),
  };
}

/** The names for a key; null or empty: no pseudonyms are wanted. */
export function callerNames(key: string | null | undefined): CallerNames {
  return key ? pseudonymNames(key) : plainNames;
}

/** True for a number or a pseudonym: what keys are made of. */
export function isStoredName(text: string): boolean {
  return numberForm.test(text) || isPseudonym(text);
}
