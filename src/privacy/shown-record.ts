import type { CallRecord } from '../call/call-records.ts';
import type { NameOf } from '../call/called-name.ts';
import { type CallFacts, calledText } from '../call/facts.ts';

/** How a reader may see numbers; `NumberView` is one. */
export interface NumbersShown {
  /** One number. */
  show(number: string, callId?: string): string;
  /** A text that may contain numbers. */
  text(text: string, callId?: string): string;
}

/** Ids made by Asterisk or by us, names of rules, and fixed words: never written by a caller. */
const kept = new Set([
  ...['callId', 'linkedId', 'node', 'policyVersion', 'rule', 'exit', 'box', 'kind', 'mode', 'file'],
]);
const numbers = new Set(['number', 'raw']);

/** Our own number that was called is no number of a caller. */
const called = 'called';

/** The record for programs, in the same shape, with numbers as `shown` returns them. */
export function shownRecord(record: CallRecord, shown: NumbersShown): CallRecord {
  return shownJson(record, shown, record.outcome.facts) as CallRecord;
}

/** As `shownRecord`, and beside it what the number that was called is called. */
export function namedRecord(record: CallRecord, shown: NumbersShown, nameOf: NameOf) {
  const calledName = nameOf(calledText(record.outcome.facts.called));
  return { ...shownRecord(record, shown), calledName };
}

/** As `shownRecord`, for any JSON about one call. */
export function shownJson(value: unknown, shown: NumbersShown, facts: CallFacts): unknown {
  return copied('', value, shown, facts);
}

/** Digits at the end of a number that tell whose it is. */
const tellingDigits = 7;

/**
 * The SIP Call-ID, by which an admin finds the call in a trace of SIP messages: whole, unless its sender put the caller's number
 * into it.
 */
export function shownSipCallId({ callId, sipCallId, caller }: CallFacts, shown: NumbersShown): string {
  const digits = (caller.number ?? caller.raw).replace(/\D/g, '').slice(-tellingDigits);
  const holdsNumber = digits.length === tellingDigits && sipCallId.replace(/[\s().-]/g, '').includes(digits);
  return holdsNumber ? shown.text(sipCallId, callId) : sipCallId;
}

function copied(key: string, value: unknown, shown: NumbersShown, facts: CallFacts): unknown {
  if (key === called) return value;
  const { callId } = facts;
  if (typeof value === 'string') {
    if (key === 'sipCallId') return shownSipCallId(facts, shown);
    if (kept.has(key) || (key === 'origid' && isUuid(value))) return value;
    if (numbers.has(key)) return value === '' ? '' : shown.show(value, callId);
    return shown.text(value, callId);
  }
  if (Array.isArray(value)) return value.map((each) => copied(key, each, shown, facts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, copied(name, each, shown, facts)]),
  );
}

/** The digits of a UUID are no phone number. RFC 8588 makes every origid one, but a signer may write anything. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
