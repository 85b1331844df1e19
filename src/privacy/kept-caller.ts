import { type CallerFacts, listedNumber } from '../call/facts.ts';

const pseudonymForm = /^p_[A-Za-z0-9_-]{22}$/;

/** Replaces an erased caller in a record. No call arrives like this: a call without a number has no raw number. */
export const forgottenCaller: CallerFacts = {
  number: null,
  reason: 'unavailable',
  raw: 'forgotten',
  displayName: '',
};

/** True for a keyed hash in place of a number. */
export function isPseudonym(callerNumber: string): boolean {
  return pseudonymForm.test(callerNumber);
}

/** Why there is no number, for people: a short code stands for itself. */
export function whyNoNumber(caller: CallerFacts): string {
  if (caller.number === null && !callerIsKept(caller)) return 'forgotten';
  return listedNumber(caller) || (caller.reason ?? 'unknown');
}

/** False when the caller was removed from the record: conditions on its number or name no longer apply to the call. */
export function callerIsKept({ number, reason, raw }: CallerFacts): boolean {
  if (number !== null) return !isPseudonym(number);
  return !(reason === forgottenCaller.reason && raw === forgottenCaller.raw);
}
