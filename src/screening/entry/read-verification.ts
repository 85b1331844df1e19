import type { Verification } from '../../call/facts.ts';
import type { Statement, Trunk } from '../../call/trunk.ts';
import type { Attestation } from '../../call/vocabulary.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';
import { identityClaims, identityKind } from './identity-claims.ts';
import { assertedHeaders, numberOf } from './read-caller.ts';
import { readAddresses, type SipAddress, unescaped } from './sip-address.ts';

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
  'invalid_grant',
]);

/**
 * Who vouched for the caller number: our Asterisk, or the headers that the trunk's setting believes. A failure outweighs
 * whatever says passed; where several say passed the least trusting wins. Nobody: `none`, which is never read as A. Never
 * throws; every text taken from a header is bounded.
 * @param caller E.164, as the trunk's setting reads it, or null
 */
export function verificationFromEntry(
  fields: EntryFields,
  trunk: Trunk,
  caller: string | null,
): Verification {
  const found = findVerification(fields, trunk, caller);
  return fields.id2 === '' ? found : { ...found, secondIdentity: identityKind(fields.id2) };
}

function findVerification(fields: EntryFields, trunk: Trunk, caller: string | null): Verification {
  const own = fromAsterisk(fields, trunk, caller);
  const said = [...fromVerstat(fields, trunk, caller), ...fromHeaders(fields, trunk)];
  const failed = said.find(({ result }) => result === 'failed');
  if (own?.result === 'failed') return own;
  if (failed !== undefined) return { ...nobodySaid, result: 'failed', source: failed.source };
  if (own !== null && trunk.believes.has('asterisk')) return own;
  const worst = said.toSorted((a, b) => trust(a) - trust(b))[0];
  if (worst === undefined) return nobodySaid;
  const passed = worst.result === 'passed';
  return {
    ...nobodySaid,
    result: worst.result,
    attestation: passed ? (worst.attestation ?? trunk.barePass) : null,
    origid: passed && trunk.believes.has('p-origination-id') ? headerText(fields.orig, 80) || null : null,
    source: (said.find(({ source }) => source === 'verstat') ?? worst).source,
  };
}

/**
 * `cid_orig_tn_mismatch` comes after the signature was found valid, and Asterisk compares digits as they are written
 * (verification.c): the signed number is compared with the caller as E.164 here, on success too, since the trunk's
 * setting may have read the caller from another header.
 */
function fromAsterisk(fields: EntryFields, trunk: Trunk, caller: string | null): Verification | null {
  const result = fields.ssr.trim().toLowerCase();
  const failed: Verification = { ...nobodySaid, result: 'failed', source: 'asterisk' };
  if (saysForged.has(result)) return failed;
  const isMismatch = result === 'cid_orig_tn_mismatch';
  if (result !== 'success' && !isMismatch) return null;
  // Claims are worth reading only now that the signature over them holds.
  const claims = identityClaims(fields.ssi);
  const signed = claims.number === null ? null : numberOf({ ...noAddress, user: claims.number }, trunk);
  const isThisCaller = caller !== null && (signed === caller || claims.number === caller.slice(1));
  if (
    isMismatch
      ? !isThisCaller || claims.origid === null
      : claims.number !== null && !isThisCaller && caller !== null
  )
    return failed;
  return {
    result: 'passed',
    attestation: letterOf(fields.ssa) ?? claims.attestation,
    signer: claims.signer,
    origid: claims.origid,
    source: 'asterisk',
  };
}

const noAddress: SipAddress = { user: '', host: '', inUri: '', afterUri: '', mayBeName: false };

type Said = Pick<Verification, 'result' | 'attestation' | 'source'>;

/** The dialplan's limits in bytes: a header of this length was cut. */
const longestFrom = 1400;
const longestAsserted = { pai: 900, pai2: 600, pai3: 400 } as const;

/** What the believed verstat parameters say (3GPP TS 24.229 §7.2A.20; the attestation suffix is ATIS-1000074's). */
function fromVerstat(fields: EntryFields, trunk: Trunk, caller: string | null): Said[] {
  const inPai = trunk.believes.has('verstat-in-pai');
  const inFrom = trunk.believes.has('verstat-in-from');
  // Without `pres` it is a brief note, which has no headers.
  const isCut = (text: string, limit: number) => Buffer.byteLength(text) >= limit;
  const fromIsCut = fields.pres !== '' && (fields.hok !== '1' || isCut(fields.from, longestFrom));
  const paiIsCut = (['pai', 'pai2', 'pai3'] as const).some((key) => isCut(fields[key], longestAsserted[key]));
  const asserted = inPai
    ? assertedHeaders(fields).flatMap((header) => verstatsOf(header, true, trunk, caller))
    : [];
  const said = [...asserted, ...(inFrom ? verstatsOf(fields.from, false, trunk, caller) : [])];
  // Whoever made a header that long may have pushed "failed" out of view; no honest caller does.
  const isHidden = (inFrom && fromIsCut) || (inPai && (paiIsCut || (fromIsCut && asserted.length === 0)));
  return isHidden ? [...said, { result: 'failed', attestation: null, source: 'verstat' }] : said;
}

/** A `verstat` parameter in any place but the display name, which is the caller's own text. */
function verstatsOf(header: string, isList: boolean, trunk: Trunk, caller: string | null): Said[] {
  const { addresses, isBroken } = readAddresses(header, isList);
  if (isBroken) {
    const saysFailed = /tn-validation-failed/i.test(unescaped(header));
    return saysFailed ? [{ result: 'failed', attestation: null, source: 'verstat' }] : [];
  }
  return addresses.flatMap((address) => {
    const { inUri, afterUri, mayBeName } = address;
    // What is vouched for is the number beside it.
    const isOfCaller = !mayBeName && (caller === null || numberOf(address, trunk) === caller);
    const inPlace = [
      { text: inUri, counts: trunk.verstatPlace !== 'after-uri' },
      { text: afterUri, counts: trunk.verstatPlace !== 'in-uri' },
    ];
    return inPlace.flatMap(({ text, counts }) =>
      verstatValues(text).filter(({ result }) => result !== 'passed' || (counts && isOfCaller)),
    );
  });
}

const verstatParameter = /;\s*verstat\s*=\s*"?([a-z-]{1,40})"?(?=[;@>?,\s]|$)/gi;

function verstatValues(parameters: string): Said[] {
  return [...unescaped(parameters).matchAll(verstatParameter)].flatMap(([, value = '']) =>
    saidBy(value, 'verstat'),
  );
}

function saidBy(value: string, source: 'verstat' | 'header'): Said[] {
  const text = value.trim().toLowerCase();
  // Twilio adds how the call came: forwarded, or with the signature of another carrier.
  const passed = /^tn-validation-passed(?:-([abc])(?:-diverted|-passthrough)?)?$/.exec(text);
  if (passed !== null) return [{ result: 'passed', attestation: letterOf(passed[1] ?? ''), source }];
  if (/fail|invalid/.test(text)) return [{ result: 'failed', attestation: null, source }];
  return text.startsWith('no-tn-validation') ? [{ result: 'none', attestation: null, source }] : [];
}

const headersOf: Readonly<Partial<Record<Statement, readonly (keyof EntryFields)[]>>> = {
  'p-attestation-indicator': ['patt', 'patt2'],
  'attestation-info': ['att', 'att2'],
  'x-attestation-info': ['xatt', 'xatt2'],
  'x-twilio-verstat': ['tver', 'tver2'],
};

/** The believed attestation headers: a letter, or a verstat value; each of several in one line. */
function fromHeaders(fields: EntryFields, trunk: Trunk): Said[] {
  const believed = Object.entries(headersOf).filter(([name]) => trunk.believes.has(name as Statement));
  return believed
    .flatMap(([, keys]) => keys.flatMap((key) => fields[key].split(/[;,]/)))
    .flatMap((value): Said[] => {
      const letter = letterOf(value);
      return letter === null
        ? saidBy(value, 'header')
        : [{ result: 'passed', attestation: letter, source: 'header' }];
    });
}

function letterOf(text: string): Attestation | null {
  const letter = text.replaceAll('"', '').trim().toUpperCase();
  return letter === 'A' || letter === 'B' || letter === 'C' ? letter : null;
}

function trust({ result, attestation }: Said): number {
  if (result !== 'passed') return 0;
  // No letter says nothing about the attestation, so a letter beside it is news, not a contradiction.
  return { C: 2, B: 3, A: 4, '': 5 }[attestation ?? ''];
}
