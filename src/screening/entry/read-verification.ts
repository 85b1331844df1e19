import type { Verification } from '../../call/facts.ts';
import type { Attestation } from '../../call/vocabulary.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';

const nobodySaid: Verification = {
  result: 'none',
  attestation: null,
  signer: null,
  origid: null,
  source: null,
};

/**
 * Asterisk's verify_result values (res_stir_shaken, vs_rc_map of 22.10) that speak against the signature itself or what
 * it signs. Everything else that is not `success` is our own settings (without the authorities' certificates every signer is
 * `cert_not_trusted`), the network, a clock (`iat_range_error`, `date_hdr_range_error`) or another kind of token: nothing
 * is known then, and that is `none`. A forger gains nothing by it that he would not have by not signing at all.
 */
const saysForged = new Set([
  'signature_validation',
  'cert_date_failure',
  'cert_no_tn_auth_ext',
  'cert_no_spc_in_auth_ext',
  'invalid_or_no_grants',
  'invalid_or_no_attest',
  'missing_orig_tn',
  'cid_orig_tn_mismatch',
  'invalid_grant',
]);

/**
 * Who vouched for the caller number: our Asterisk when it came to a result, else the carrier's verstat in
 * P-Asserted-Identity, then in From (3GPP TS 24.229 §7.2A.20), else the carrier's attestation headers. Nobody: `none`,
 * which is never read as A. Never throws; every text taken from a header is bounded.
 */
export function verificationFromEntry(fields: EntryFields): Verification {
  return fromAsterisk(fields) ?? fromVerstat(fields) ?? fromHeaders(fields) ?? nobodySaid;
}

function fromAsterisk(fields: EntryFields): Verification | null {
  const result = fields.ssr.trim().toLowerCase();
  if (saysForged.has(result)) return { ...nobodySaid, result: 'failed', source: 'asterisk' };
  if (result !== 'success') return null;
  // Claims are worth reading only now that the signature over them holds.
  const claims = identityClaims(fields.ssi);
  return {
    result: 'passed',
    attestation: attestationOf(fields.ssa) ?? claims.attestation,
    signer: claims.signer,
    origid: claims.origid,
    source: 'asterisk',
  };
}

function fromVerstat(fields: EntryFields): Verification | null {
  // The caller's own equipment writes From; what the network asserts comes first.
  const stated = verstatOf([fields.pai, fields.pai2]) ?? verstatOf([fields.from]);
  if (stated === null) return null;
  const passed = stated.result === 'passed';
  return {
    result: stated.result,
    attestation: passed ? (stated.attestation ?? headerAttestation(fields)) : null,
    signer: null,
    origid: passed ? originationId(fields) : null,
    source: 'verstat',
  };
}

function fromHeaders(fields: EntryFields): Verification | null {
  const attestation = headerAttestation(fields);
  if (attestation === null) return null;
  return { result: 'passed', attestation, signer: null, origid: originationId(fields), source: 'header' };
}

function headerAttestation(fields: EntryFields): Attestation | null {
  return attestationOf(fields.patt) ?? attestationOf(fields.att) ?? attestationOf(fields.xatt);
}

function originationId(fields: EntryFields): string | null {
  return headerText(fields.orig, 80) || null;
}

function attestationOf(text: string): Attestation | null {
  const letter = text.trim().toUpperCase();
  return letter === 'A' || letter === 'B' || letter === 'C' ? letter : null;
}

interface IdentityClaims {
  /** URL of the signer's certificate (x5u). */
  readonly signer: string | null;
  readonly origid: string | null;
  readonly attestation: Attestation | null;
}

const longestIdentity = 8192;

/**
 * Reads the PASSporT of an Identity header (RFC 8224 §4, RFC 8225, RFC 8588). Checks no signature: call it only for a
 * header that was verified. What cannot be read (cut, compact form, not JSON) is null; never throws.
 */
function identityClaims(identity: string): IdentityClaims {
  const [token = ''] = identity.slice(0, longestIdentity).split(';');
  const [header, payload] = token.trim().split('.', 2).map(jsonObject);
  const attest = payload?.attest;
  return {
    signer: text(header?.x5u, 256),
    origid: text(payload?.origid, 80),
    attestation: attest === 'A' || attest === 'B' || attest === 'C' ? attest : null,
  };
}

function jsonObject(base64url: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown, longest: number): string | null {
  return typeof value === 'string' ? headerText(value, longest) || null : null;
}

interface Verstat {
  readonly result: 'passed' | 'failed' | 'none';
  readonly attestation: Attestation | null;
}

const longestHeader = 4096;

const quotedString = /"(?:\\.|[^"\\])*"/g;

const verstatParameter = /;\s*verstat\s*=\s*([a-z-]{1,40})(?=[;@>?\s]|$)/gi;

/**
 * What the `verstat` parameters of From or P-Asserted-Identity headers say (3GPP TS 24.229 §7.2A.20; the attestation
 * suffix is ATIS-1000074's). Where several disagree the least trusting wins. Null: none of them says anything.
 *
 * Only the URI is read: the display name is the caller's own text and may well contain `;verstat=`.
 */
function verstatOf(headers: readonly string[]): Verstat | null {
  return headers
    .flatMap(addressUris)
    .flatMap((uri) => [...uri.matchAll(verstatParameter)])
    .map((match) => verstatValue(match[1] ?? ''))
    .filter((verstat) => verstat !== null)
    .reduce<Verstat | null>((worst, next) => (worst && trust(worst) <= trust(next) ? worst : next), null);
}

function addressUris(header: string): string[] {
  if (header.length > longestHeader) return [];
  const bare = header.replace(quotedString, ' ');
  // A quote that never closes, or one whose beginning the dialplan cut off: the display name may pose as the URI.
  if (/["\\]/.test(bare)) return [];
  const uris = bare.includes('<') ? [...bare.matchAll(/<([^<>]*)>/g)].map((match) => match[1] ?? '') : [bare];
  return uris.map((uri) => uri.split('?')[0] ?? '').filter((uri) => /^\s*(sips?|tel):/i.test(uri));
}

function verstatValue(value: string): Verstat | null {
  const match =
    /^(?:(tn-validation-passed)(?:-([abc]))?|(tn-validation-failed)(?:-[abc])?|no-tn-validation)$/.exec(
      value.toLowerCase(),
    );
  if (match === null) return null;
  if (match[1] !== undefined)
    return { result: 'passed', attestation: (match[2]?.toUpperCase() ?? null) as Attestation | null };
  return { result: match[3] === undefined ? 'none' : 'failed', attestation: null };
}

function trust(verstat: Verstat): number {
  if (verstat.result === 'failed') return 0;
  if (verstat.result === 'none') return 1;
  // No letter says nothing about the attestation, so a letter beside it is news, not a contradiction.
  return { C: 2, B: 3, A: 4, '': 5 }[verstat.attestation ?? ''];
}
