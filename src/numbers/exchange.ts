import type { CallFacts } from '../call/facts.ts';

/**
 * The block of numbers that a caller's number is taken from: country code, area code and exchange (NPA-NXX) in North
 * America, elsewhere all but the last four digits. Null when that leaves nothing to tell one block from another.
 */
export function exchangeOf(e164: string): string | null {
  if (!isE164(e164)) return null;
  const block = e164.startsWith('+1') && e164.length === 12 ? e164.slice(0, 8) : e164.slice(0, -4);
  return block.length < 4 ? null : block;
}

/** Null: the call has none. */
export function exchangeOfCaller({ caller }: CallFacts): string | null {
  return caller.number === null ? null : exchangeOf(caller.number);
}

export function isE164(text: string): boolean {
  return /^\+[0-9]{2,20}$/.test(text);
}
