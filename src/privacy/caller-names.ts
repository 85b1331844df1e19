import { createHmac } from 'node:crypto';
import type { CallFacts } from '../call/facts.ts';
import type { Outcome } from '../call/outcome.ts';
import { isPseudonym } from './kept-caller.ts';
import { factsWithout, outcomeWithout } from './without-caller.ts';

const numberForm = /^\+[0-9]{2,20}$/;

/** The names of callers in everything that is stored: outbox, records, windows, passes. */
export interface CallerNames {
  /** True for pseudonyms: the store alone does not reveal the number. */
  readonly hidesNumbers: boolean;
  /** The name of this number (E.164), always the same. A stored name stays as it is. */
  of(callerNumber: string): string;
  facts(facts: CallFacts): CallFacts;
  outcome(outcome: Outcome): Outcome;
}

/** Callers are stored by number. */
export const plainNames: CallerNames = {
  hidesNumbers: false,
  of: (callerNumber) => callerNumber,
  facts: (facts) => facts,
  outcome: (outcome) => outcome,
};

/**
 * Callers are stored as 128 bits of HMAC-SHA256 (RFC 2104) of their number. The rest of the record loses the number too,
 * and the display name, listed name and labels, which name people. With the key, anyone can find a number by trying all:
 * protect it like a password.
 */
export function pseudonymNames(key: string): CallerNames {
  const of = (callerNumber: string) =>
    isPseudonym(callerNumber)
      ? callerNumber
      : `p_${createHmac('sha256', key).update(`caller ${callerNumber}`).digest('base64url').slice(0, 22)}`;
  const standIn = ({ caller }: CallFacts) => {
    const number = caller.number === null ? null : of(caller.number);
    // A short code is nobody's.
    const raw = caller.reason === 'short-code' ? caller.raw : (number ?? '');
    return { caller: { number, reason: caller.reason, raw, displayName: '' }, keepsIds: true };
  };
  return {
    hidesNumbers: true,
    of,
    facts: (facts) => factsWithout(facts, standIn(facts)),
    outcome: (outcome) => outcomeWithout(outcome, standIn(outcome.facts)),
  };
}

/** Names for a key; null or empty: no pseudonyms. */
export function callerNames(key: string | null | undefined): CallerNames {
  return key ? pseudonymNames(key) : plainNames;
}

/** True for a number or a pseudonym, the parts of keys. */
export function isStoredName(text: string): boolean {
  return numberForm.test(text) || isPseudonym(text);
}
