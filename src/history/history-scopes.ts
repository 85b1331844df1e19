import { hash } from 'node:crypto';
import type { CallFacts } from '../call/facts.ts';
import { exchangeOfCaller, isE164 } from '../numbers/exchange.ts';
import type { Scope } from '../redis/redis-keys.ts';

/** What one call is counted by; null where the call does not say. */
export interface CallScopes {
  readonly exchange: Scope | null;
  readonly signer: Scope | null;
  /** An origid of that signer. */
  readonly origid: Scope | null;
  readonly called: Scope | null;
  readonly board: Scope;
}

const board: Scope = { by: 'board', who: '' };
const unsigned = { signer: null, origid: null };

/**
 * The same for writing and for reading, so that a call finds those like it. Never throws. `exchange`: of the caller; made of
 * the number when left out, which a pseudonym is not.
 */
export function scopesOf(facts: CallFacts, exchange: string | null = exchangeOfCaller(facts)): CallScopes {
  const { called, verification } = facts;
  // Only a signature that was verified is the signer's: anybody can name another in one that fails.
  const { signer, origid } = verification.result === 'passed' ? verification : unsigned;
  const dialed = called.number ?? called.raw;
  return {
    exchange: exchange === null ? null : { by: 'exchange', who: exchange },
    signer: signer ? { by: 'signer', who: textDigest(signer) } : null,
    origid: signer && origid ? { by: 'origid', who: textDigest(`${signer} ${origid.toLowerCase()}`) } : null,
    called: dialed === '' ? null : { by: 'called', who: isE164(dialed) ? dialed : textDigest(dialed) },
    board,
  };
}

/** Tells the called numbers of one caller apart: 48 bits, empty when none was dialed. */
export function calledDigest({ called }: CallFacts): string {
  const dialed = called.number ?? called.raw;
  return dialed === '' ? '' : textDigest(dialed).slice(0, 8);
}

/** 96 bits of text that others choose. */
function textDigest(text: string): string {
  return hash('sha256', text, 'buffer').subarray(0, 12).toString('base64url');
}
