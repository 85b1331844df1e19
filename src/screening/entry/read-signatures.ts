import type { IdentityFact, PassportClaims, Verification } from '../../call/facts.ts';
import type { Trunk } from '../../call/trunk.ts';
import { type Attestation, type SignatureProblem, signatureProblems } from '../../call/vocabulary.ts';
import type { EntryFields } from './entry-args.ts';
import { type JudgedIdentity, judgeIdentities, type SignedCall } from './judge-passports.ts';
import { numberOf } from './read-caller.ts';
import type { SignerCertificates } from './signer-certificates.ts';
import type { SipAddress } from './sip-address.ts';

export const nobodySaid: Verification = {
  result: 'none',
  attestation: null,
  signer: null,
  origid: null,
  source: null,
};

/**
 * Asterisk's verify_result values (res_stir_shaken, vs_rc_map of 22.10). Those in `saysForged` speak against the signature itself or
 * what it signs. Everything else that is not `success` is our own settings (without the authorities' certificates every signer is
 * `cert_not_trusted`), the network, a clock or another kind of token: nothing is known then, and that is `none`. A forger gains
 * nothing by it that he would not have by not signing at all.
 */
const saysForged: ReadonlyMap<string, SignatureProblem> = new Map([
  ['signature_validation', 'bad-signature'],
  ['cert_date_failure', 'certificate-rejected'],
  ['cert_no_tn_auth_ext', 'certificate-rejected'],
  ['cert_no_spc_in_auth_ext', 'certificate-rejected'],
  ['invalid_or_no_grants', 'unreadable'],
  ['invalid_or_no_attest', 'unreadable'],
  ['missing_orig_tn', 'unreadable'],
  ['invalid_grant', 'unreadable'],
]);
/** The token is old, and no second opinion makes it newer. */
const saysExpired = new Set(['iat_range_error', 'date_hdr_range_error']);

/** Why Asterisk did not verify, where nothing else does either. */
const saysWhy: ReadonlyMap<string, SignatureProblem> = new Map([
  ['cert_retrieval_failure', 'certificate-unknown'],
  ['cert_not_trusted', 'certificate-rejected'],
]);

/** Who is called and when, and what is needed to judge signatures. */
export interface VerifiedCall {
  /** E.164, as the trunk's setting reads it, or null. */
  readonly caller: string | null;
  /** E.164, or null when it is no public number. */
  readonly called: string | null;
  /** Arrival, epoch ms. */
  readonly now: number;
  readonly signatures?: SignatureReaders;
}

export interface SignatureReaders {
  readonly certificates: SignerCertificates;
  /** A number of ours: a call signed for it is signed for us, whichever of ours was dialed at the end. */
  isOwnNumber(number: string): boolean;
}

export interface ReadSignatures {
  /** Passed or failed by what was verified here; null: nothing that says anything of the caller. */
  readonly own: Verification | null;
  /** What the headers say beside the result. */
  readonly facts: Partial<Verification>;
}

/** What the Identity headers say of the call. One valid `shaken` PASSporT is enough, in whatever order they come. Never throws. */
export function readSignatures(fields: EntryFields, trunk: Trunk, call: VerifiedCall): ReadSignatures {
  const judged = judgedHere(fields, trunk, call);
  const own = ownResult(fields, judged);
  return { own, facts: signatureFacts(fields, judged, own) };
}

/**
 * `cid_orig_tn_mismatch` comes after the signature was found valid, and Asterisk compares digits as they are written
 * (verification.c): the signed number is compared with the caller as E.164 here, on success too, since the trunk's
 * setting may have read the caller from another header.
 */
function judgedHere(fields: EntryFields, trunk: Trunk, call: VerifiedCall): JudgedIdentity[] {
  const result = asteriskResult(fields);
  const identities = [fields.ssi, fields.id2, fields.id3].flatMap(oneByOne).slice(0, maxIdentities);
  const last = identities.findLastIndex((identity) => identity !== '');
  const isVerified = result === 'success' || result === 'cid_orig_tn_mismatch';
  const asterisk = isVerified
    ? 'verified'
    : (saysForged.get(result) ?? (saysExpired.has(result) ? 'expired' : null));
  // Asterisk's word counts without the header too: an older dialplan cuts it.
  const kept = identities.slice(0, Math.max(last + 1, asterisk === null ? 0 : 1));
  const signed: SignedCall = {
    now: call.now,
    isCaller: (number) => sameNumber(number, call.caller, trunk),
    isCalled: (number) =>
      call.called === null
        ? null
        : sameNumber(number, call.called, trunk) === true ||
          (call.signatures?.isOwnNumber(`+${number.replace(/\D/g, '')}`) ?? false),
  };
  const judged = judgeIdentities(kept, asterisk, signed, call.signatures?.certificates ?? null);
  return judged.map((one, at): JudgedIdentity => {
    if (at > 0) return one;
    const { orig, origid } = one.passport?.claims ?? {};
    if (result === 'cid_orig_tn_mismatch' && !(orig && origid && signed.isCaller(orig)))
      return { ...one, state: 'other-caller', signedFor: null };
    return one.state === 'not-verified' ? { ...one, state: saysWhy.get(result) ?? one.state } : one;
  });
}

const maxIdentities = 5;

/** Some proxies write several into one header, with commas (RFC 3261, 7.3.1). */
function oneByOne(header: string): string[] {
  return header.split(/,(?=\s*[\w-]{20,}\.[\w-]{20,}\.)/);
}

/** Null: there is none to compare with. A signed number is E.164 without a plus (RFC 8225, 8.3), or as the trunk writes numbers. */
function sameNumber(signed: string, number: string | null, trunk: Trunk): boolean | null {
  if (number === null) return null;
  return signed === number.slice(1) || numberOf({ ...noAddress, user: signed }, trunk) === number;
}

/** What was found by verifying; null: nothing that says anything of the caller. */
function ownResult(fields: EntryFields, judged: readonly JudgedIdentity[]): Verification | null {
  const counts = counting(judged);
  if (counts !== undefined) {
    const { passport, by } = counts;
    const said = by === 'asterisk' ? letterOf(fields.ssa) : null;
    return {
      result: 'passed',
      // Claims are worth reading only now that the signature over them holds.
      attestation: said ?? passport?.claims.attest ?? null,
      signer: passport?.claims.x5u ?? null,
      origid: passport?.claims.origid ?? null,
      source: by,
    };
  }
  const saysSo = saysForged.has(asteriskResult(fields));
  const forged = judged.find((one, at) => isForged(one, at === 0 && saysSo));
  return forged === undefined ? null : { ...nobodySaid, result: 'failed', source: forged.by };
}

/** The one that vouches for the caller: of several, the least trusting. */
function counting(judged: readonly JudgedIdentity[]): JudgedIdentity | undefined {
  const letter = ({ passport }: JudgedIdentity) => passport?.claims.attest ?? '';
  return judged
    .filter((one) => vouches(one) && one.state === 'verified')
    .toSorted((a, b) => letter(b).localeCompare(letter(a)))[0];
}

/** Asterisk takes no other kind. */
function vouches({ kind, by }: JudgedIdentity): boolean {
  return kind === 'shaken' || by === 'asterisk';
}

/** @param saysSo Asterisk said that this one is forged, for whatever problem */
function isForged(one: JudgedIdentity, saysSo: boolean): boolean {
  return saysSo || (vouches(one) && isForgery(one.state));
}

function isForgery(state: IdentityFact['state']): boolean {
  return state !== 'verified' && signatureProblems.all[state].isForged;
}

/** What the headers say beside the result. */
function signatureFacts(
  fields: EntryFields,
  judged: readonly JudgedIdentity[],
  own: Verification | null,
): Partial<Verification> {
  const counts = counting(judged);
  const shaken = counts ?? judged.find(({ kind, holds }) => kind === 'shaken' && holds);
  const problem = own?.result === 'passed' ? null : worstProblem(judged);
  const claims: PassportClaims | null = shaken?.holds ? (shaken.passport?.claims ?? null) : null;
  const named = judged.find(({ state, passport }) => state === 'verified' && passport?.callerName);
  const { name = null, code = null } = counts?.certificate ?? {};
  const headers = judged.filter((_, at) => at > 0 || fields.ssi !== '');
  return {
    ...(headers.length > 0 && { identities: headers.map(({ kind, state }) => ({ kind, state })) }),
    ...(problem !== null && { problem }),
    ...(claims !== null && { passport: claims }),
    ...(shaken?.signedFor && { signedFor: shaken.signedFor }),
    ...(name !== null && { signerName: name }),
    ...(code !== null && { signerCode: code }),
    ...(named?.passport?.callerName && { callerName: named.passport.callerName }),
  };
}

/** Of the `shaken` ones; a call without one has no problem but that it is unsigned. */
function worstProblem(judged: readonly JudgedIdentity[]): SignatureProblem | null {
  const problems = judged.flatMap((one) => (vouches(one) && one.state !== 'verified' ? [one.state] : []));
  return problems.find(isForgery) ?? problems[0] ?? null;
}

const noAddress: SipAddress = { user: '', host: '', inUri: '', afterUri: '', mayBeName: false };

function asteriskResult({ ssr }: EntryFields): string {
  return ssr.trim().toLowerCase();
}

export function letterOf(text: string): Attestation | null {
  const letter = text.replaceAll('"', '').trim().toUpperCase();
  return letter === 'A' || letter === 'B' || letter === 'C' ? letter : null;
}
