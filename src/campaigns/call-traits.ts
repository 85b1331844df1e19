import type { CallFacts } from '../call/facts.ts';
import { exchangeOfCaller } from '../numbers/exchange.ts';
import type { CampaignTraits } from './campaign.ts';

/**
 * Sets of traits by which calls are told to belong together, the most telling first. `isBroad`: callers of all sorts share it, so
 * it needs callers who behave alike. `recognizesFirst`: nobody else shows it by chance, so the first call of a campaign that
 * comes back is recognized.
 */
export const traitKinds = {
  origid: { traits: ['origid'], isBroad: false, recognizesFirst: true },
  'claimed-name': { traits: ['claimedName'], isBroad: false, recognizesFirst: true },
  'signer-exchange': { traits: ['signer', 'exchange'], isBroad: false, recognizesFirst: false },
  exchange: { traits: ['attestation', 'exchange'], isBroad: false, recognizesFirst: false },
  'signer-called': {
    traits: ['attestation', 'signer', 'calledNumber'],
    isBroad: true,
    recognizesFirst: false,
  },
  signer: { traits: ['attestation', 'signer'], isBroad: true, recognizesFirst: false },
  called: { traits: ['attestation', 'calledNumber'], isBroad: true, recognizesFirst: false },
} as const satisfies Record<
  string,
  {
    readonly traits: readonly (keyof CampaignTraits)[];
    readonly isBroad: boolean;
    readonly recognizesFirst: boolean;
  }
>;
export type TraitKind = keyof typeof traitKinds;

/** A set of traits with its values, as one text: the kind, then each value. */
export type TraitKey = string;

const kinds = Object.keys(traitKinds) as readonly TraitKind[];
const divider = '\u0001';
const longestValue = 120;

/** Every trait set that the call shows, the most telling first. */
export function traitKeys(facts: CallFacts): readonly TraitKey[] {
  const { origid, signer, attestation, exchange, claimedName, calledNumber } = traitsOfCall(facts);
  const keys: TraitKey[] = [];
  const add = (kind: TraitKind, ...values: readonly (string | undefined)[]) => {
    if (values.every((value) => value !== undefined)) keys.push([kind, ...values].join(divider));
  };
  add('origid', origid);
  add('claimed-name', claimedName);
  add('signer-exchange', signer, exchange);
  add('exchange', attestation, exchange);
  add('signer-called', attestation, signer, calledNumber);
  add('signer', attestation, signer);
  if (signer === undefined) add('called', attestation, calledNumber);
  return keys;
}

export function kindOf(key: TraitKey): TraitKind {
  return key.slice(0, key.indexOf(divider)) as TraitKind;
}

/** The key of traits that were made by `traitsOfKey`; null: of no set that is known here. */
export function keyOfTraits(traits: CampaignTraits): TraitKey | null {
  const given = Object.keys(traits).length;
  for (const kind of kinds) {
    const values = traitKinds[kind].traits.map((name) => traits[name]);
    if (values.length === given && values.every((value) => typeof value === 'string'))
      return [kind, ...values].join(divider);
  }
  return null;
}

export function traitsOfKey(key: TraitKey): CampaignTraits {
  const [, ...values] = key.split(divider);
  return Object.fromEntries(traitKinds[kindOf(key)].traits.map((name, at) => [name, values[at] ?? '']));
}

/** Only a signature that was verified is the signer's: anybody can name another in one that fails. */
function traitsOfCall(facts: CallFacts): CampaignTraits {
  const { verification, called } = facts;
  const { result, attestation } = verification;
  const isSigned = result === 'passed';
  const exchange = exchangeOfCaller(facts);
  const claimedName = claimedNameOf(facts.caller.displayName);
  return {
    ...(isSigned && verification.origid && { origid: value(verification.origid.toLowerCase()) }),
    ...(isSigned && verification.signer && { signer: value(verification.signer) }),
    attestation: isSigned ? (attestation ?? 'signed') : result,
    ...(exchange !== null && { exchange }),
    ...(claimedName !== null && { claimedName }),
    ...(called.number !== null && { calledNumber: called.number }),
  };
}

/** A display name in small letters and digits, words divided by one space; null: it names nobody. */
export function claimedNameOf(displayName: string): string | null {
  const words = displayName
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  const isNumber = /\d{5}/.test(words.replaceAll(' ', ''));
  return isNumber || words.length < 3 || nameless.test(words) ? null : value(words);
}

/** What networks and telephones write where there is no name. */
const nameless =
  /^(?:anonymous|unknown|unavailable|private|restricted|out of area|not provided|no name|wireless caller|cell ?phone.*|mobile|toll free.*|v\d+)$/;

function value(text: string): string {
  return text.replaceAll(divider, ' ').slice(0, longestValue);
}
