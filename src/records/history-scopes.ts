import { createHash } from 'node:crypto';
import type { CallFacts } from '../policy/facts.ts';
import type { Scope } from './redis-keys.ts';

/** What one call is counted by; null where the call does not say. */
export interface CallScopes {
  readonly exchange: Scope | null;
  readonly signer: Scope | null;
  readonly called: Scope | null;
  readonly board: Scope;
}

const board: Scope = { by: 'board', who: '' };

/**
 * The same for writing and for reading, so that a call finds those like it. Never throws. `exchange`: of the caller; made of
 * the number when left out, which a pseudonym is not.
 */
export function scopesOf(facts: CallFacts, exchange: string | null = exchangeOfCaller(facts)): CallScopes {
  const { called, verification } = facts;
  // Only a signature that was verified is the signer's: anybody can name another in one that fails.
  const signer = verification.result === 'passed' ? verification.signer : null;
  const dialled = called.number ?? called.raw;
  return {
    exchange: exchange === null ? null : { by: 'exchange', who: exchange },
    signer: signer ? { by: 'signer', who: textDigest(signer) } : null,
    called: dialled === '' ? null : { by: 'called', who: isE164(dialled) ? dialled : textDigest(dialled) },
    board,
  };
}

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

/** Tells the called numbers of one caller apart: 48 bits, empty when none was dialled. */
export function calledDigest({ called }: CallFacts): string {
  const dialled = called.number ?? called.raw;
  return dialled === '' ? '' : textDigest(dialled).slice(0, 8);
}

function isE164(text: string): boolean {
  return /^\+[0-9]{2,20}$/.test(text);
}

/** 96 bits of text that others choose. */
function textDigest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 12).toString('base64url');
}
