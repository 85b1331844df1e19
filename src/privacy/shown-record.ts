import type { CallRecord } from '../call/call-records.ts';

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

/** The record for programs, in the same shape, with numbers as `shown` returns them. */
export function shownRecord(record: CallRecord, shown: NumbersShown): CallRecord {
  return copied('', record, shown, record.outcome.callId) as CallRecord;
}

/** As `shownRecord`, for any JSON about one call. */
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

/** The digits of a UUID are no phone number. RFC 8588 makes every origid one, but a signer may write anything. */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
}
