import type { CallRecord } from './call-records.ts';

/** How numbers are shown; `NumberView` of ./access is one. */
export interface NumbersShown {
  /** One number. */
  show(number: string, callId?: string): string;
  /** A text that may have numbers in it. */
  text(text: string, callId?: string): string;
}

/** Ids made by Asterisk or by us, names in the rules, and enumerations: never written by a caller. */
const kept = new Set([
  ...['callId', 'linkedId', 'node', 'policyVersion', 'rule', 'exit', 'box', 'kind', 'mode', 'file'],
]);
const numbers = new Set(['number', 'raw']);

/** The record for programs, with the numbers of people as `shown` has them. Of the same shape. */
export function shownRecord(record: CallRecord, shown: NumbersShown): CallRecord {
  return copied('', record, shown, record.outcome.callId) as CallRecord;
}

/** As `shownRecord`, of any JSON that is told of one call. */
export function shownJson(value: unknown, shown: NumbersShown, callId: string): unknown {
  return copied('', value, shown, callId);
}

function copied(key: string, value: unknown, shown: NumbersShown, callId: string): unknown {
  if (typeof value === 'string') {
    if (kept.has(key) || (key === 'origid' && isUuid(value))) return value;
    if (numbers.has(key)) return value === '' ? '' : shown.show(value, callId);
    return shown.text(value, callId);
  }
  if (Array.isArray(value)) return value.map((each) => copied(key, each, shown, callId));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, copied(name, each, shown, callId)]),
  );
}

/** A UUID's digits are no phone number; RFC 8588 makes every origid one, a hostile signer may write anything. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
