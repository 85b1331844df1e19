import { verify } from 'node:crypto';
import type { IdentityFact } from '../../call/facts.ts';
import type { SignedFor } from '../../call/vocabulary.ts';
import { identityKind, type Passport, readPassport } from './passport.ts';
import type { SignerCertificate, SignerCertificates } from './signer-certificates.ts';

/** The call that signatures are compared with. */
export interface SignedCall {
  /** Arrival, epoch ms. */
  readonly now: number;
  /** Whether a signed number is the caller's; null: the caller has none to compare with. */
  isCaller(number: string): boolean | null;
  /** Whether a signed number is the dialed one, or another of ours; null: what was dialed is no public number. */
  isCalled(number: string): boolean | null;
}

/** What Asterisk said of the first header; null: nothing that decides. */
export type AsteriskSays = IdentityFact['state'] | null;

export interface JudgedIdentity extends IdentityFact {
  /** Null: it cannot be read. */
  readonly passport: Passport | null;
  /** The signature holds, whatever is wrong otherwise. */
  readonly holds: boolean;
  readonly by: 'asterisk' | 'gatehouse';
  /** Of a signature that holds, when it is known. */
  readonly certificate: SignerCertificate | null;
  readonly signedFor: SignedFor | null;
}

/** As Asterisk's own `max_iat_age` should be (ATIS-1000074, 5.3.1), and as much for a clock that is ahead. */
const freshMs = 60_000;

/**
 * What each Identity header says of this call, in their order. Asterisk verifies the first one only; the others, and the first where
 * Asterisk did not decide, are verified here if their certificate is known. A `div` makes a `shaken` for another number one for us
 * (RFC 8946, section 4). Never throws.
 * @param certificates null: nothing is verified here
 */
export function judgeIdentities(
  identities: readonly string[],
  asterisk: AsteriskSays,
  call: SignedCall,
  certificates: SignerCertificates | null,
): JudgedIdentity[] {
  const checked = identities.map((identity, at) =>
    checkSignature(identity, at === 0 ? asterisk : null, call, certificates),
  );
  const isOfCaller = ({ passport }: JudgedIdentity) =>
    passport !== null && passport.claims.orig !== null && call.isCaller(passport.claims.orig) !== false;
  const forwarders = checked.filter(
    (one) => one.kind === 'div' && one.state === 'verified' && isOfCaller(one),
  );
  return checked.map((one) => {
    if (one.state !== 'verified' || one.passport === null) return one;
    const { orig, dest, attest } = one.passport.claims;
    if (orig !== null && call.isCaller(orig) === false) return { ...one, state: 'other-caller' };
    if (one.kind === 'shaken' && attest === null) return { ...one, state: 'unreadable' };
    const signedFor = one.kind === 'div' ? null : destination(dest, forwarders, call);
    return signedFor === 'other'
      ? { ...one, signedFor, state: 'other-called-number' }
      : { ...one, signedFor };
  });
}

function checkSignature(
  identity: string,
  asterisk: AsteriskSays,
  call: SignedCall,
  certificates: SignerCertificates | null,
): JudgedIdentity {
  const passport = readPassport(identity);
  const kind = passport?.kind || identityKind(identity);
  const judged = { kind, passport, certificate: null, signedFor: null } as const;
  if (asterisk === 'verified') {
    const certificate = passport === null ? null : certificateOf(passport, certificates);
    return { ...judged, state: 'verified', holds: true, by: 'asterisk', certificate };
  }
  if (asterisk !== null) return { ...judged, state: asterisk, holds: false, by: 'asterisk' };
  const not = { ...judged, holds: false, by: 'gatehouse' } as const;
  if (passport === null) return { ...not, state: 'unreadable' };
  if (!certificates?.hasAuthorities || !verifiable.has(kind)) return { ...not, state: 'not-verified' };
  const { x5u, iat } = passport.claims;
  const certificate = x5u === null ? null : certificates.find(x5u, false);
  if (certificate === null) return { ...not, state: 'certificate-unknown' };
  if (certificate === 'rejected') return { ...not, state: 'certificate-rejected' };
  const isValid = certificate.validFrom <= call.now && call.now <= certificate.validTo;
  if (certificate.isTrusted !== true || !isValid) return { ...not, state: 'certificate-rejected' };
  if (!fits(passport, certificate)) return { ...not, state: 'bad-signature' };
  const isFresh = iat !== null && Math.abs(call.now - iat) <= freshMs;
  return { ...not, state: isFresh ? 'verified' : 'expired', holds: true, certificate };
}

const verifiable = new Set(['shaken', 'div', 'rcd']);

/** Of a signature that Asterisk verified: only the certificate with the same key. */
function certificateOf(
  passport: Passport,
  certificates: SignerCertificates | null,
): SignerCertificate | null {
  const { x5u } = passport.claims;
  const certificate = x5u === null ? null : (certificates?.find(x5u, true) ?? null);
  if (certificate === null || certificate === 'rejected') return null;
  return fits(passport, certificate) ? certificate : null;
}

function fits({ signed, signature }: Passport, { key }: SignerCertificate): boolean {
  try {
    return verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

/** Null: not known. Each forwarder leads from the number it was called at to the one it called. */
function destination(
  dest: readonly string[],
  forwarders: readonly JudgedIdentity[],
  call: SignedCall,
): SignedFor | null {
  const [first] = dest;
  if (first === undefined || call.isCalled(first) === null) return null;
  if (dest.some(call.isCalled)) return 'called-number';
  const reached = new Set(dest.map(digits));
  for (let hops = 0; hops < forwarders.length; hops++) {
    for (const { passport } of forwarders) {
      if (passport?.forwardedBy && reached.has(digits(passport.forwardedBy)))
        for (const next of passport.claims.dest) reached.add(digits(next));
    }
  }
  return [...reached].some(call.isCalled) ? 'forwarded' : 'other';
}

function digits(number: string): string {
  return number.replace(/\D/g, '');
}
