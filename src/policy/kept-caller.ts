import type { CallerFacts } from './facts.ts';

const pseudonymForm = /^p_[A-Za-z0-9_-]{22}$/;

/** Who stands in a record where a forgotten caller stood. No call arrives so: without a number nothing is sent as one. */
export const forgottenCaller: CallerFacts = {
  number: null,
  reason: 'unavailable',
  raw: 'forgotten',
  displayName: '',
};

/** True when a record calls its caller by a keyed hash in place of the number. */
export function isPseudonym(callerNumber: string): boolean {
  return pseudonymForm.test(callerNumber);
}

/** Why there is no number, in a word for people. */
export function whyNoNumber(caller: CallerFacts): string {
  return caller.number === null && !callerIsKept(caller) ? 'forgotten' : (caller.reason ?? 'not told');
}

/** False when the caller was taken out of the record: what asks for a number or a name is no longer true of the call. */
export function callerIsKept({ number, reason, raw }: CallerFacts): boolean {
  if (number !== null) return !isPseudonym(number);
  return !(reason === forgottenCaller.reason && raw === forgottenCaller.raw);
}
