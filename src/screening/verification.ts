import type { Attestation, Verification } from '../policy/facts.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';
import { identityClaims } from './identity-claims.ts';
import { verstatOf } from './verstat.ts';

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
