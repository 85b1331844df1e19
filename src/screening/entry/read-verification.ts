import type { Verification } from '../../call/facts.ts';
import type { Statement, Trunk } from '../../call/trunk.ts';
import type { Attestation } from '../../call/vocabulary.ts';
import type { EntryFields } from './entry-args.ts';
import { headerText } from './header-text.ts';
import { assertedHeaders, numberOf } from './read-caller.ts';
import { letterOf, nobodySaid, readSignatures, type VerifiedCall } from './read-signatures.ts';
import { readAddresses, unescaped } from './sip-address.ts';

/**
 * Who vouched for the caller number: our Asterisk, Gatehouse, or the headers that the trunk's setting believes. One valid `shaken`
 * PASSporT is enough. Else a failure outweighs whatever says passed; where several say passed the least trusting wins. Nobody:
 * `none`, which is never read as A. Never throws; every text taken from a header is bounded.
 */
export function verificationFromEntry(fields: EntryFields, trunk: Trunk, call: VerifiedCall): Verification {
  const { own, facts } = readSignatures(fields, trunk, call);
  const said = [...fromVerstat(fields, trunk, call.caller), ...fromHeaders(fields, trunk)];
  const carrier = said.toSorted((a, b) => trust(a) - trust(b)).find(({ result }) => result !== 'none');
  return { ...resultOf(fields, trunk, own, said), ...facts, ...disagreement(own, carrier, trunk) };
}

function resultOf(
  fields: EntryFields,
  trunk: Trunk,
  own: Verification | null,
  said: readonly Said[],
): Verification {
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

/** Our own verification and the carrier's statement contradict each other: who passed, or with which letter. */
function disagreement(
  own: Verification | null,
  carrier: Said | undefined,
  trunk: Trunk,
): Pick<Verification, 'disagreement'> {
  if (own === null || carrier === undefined) return {};
  const letter = carrier.result === 'passed' ? (carrier.attestation ?? trunk.barePass) : null;
  const isSame =
    own.result === carrier.result &&
    (own.attestation === letter || own.attestation === null || letter === null);
  if (isSame) return {};
  const words = (result: string, of: Attestation | null) => (of === null ? result : `${result}-${of}`);
  return {
    disagreement: {
      here: words(own.result, own.attestation),
      carrier: words(carrier.result, letter),
    },
  };
}

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

function trust({ result, attestation }: Said): number {
  if (result !== 'passed') return 0;
  // No letter says nothing about the attestation, so a letter beside it is news, not a contradiction.
  return { C: 2, B: 3, A: 4, '': 5 }[attestation ?? ''];
}
