import { hash } from 'node:crypto';
import type { Verification } from '../../src/call/facts.ts';
import type { Dice } from './dice.ts';
import type { Signing } from './truth.ts';

/** A carrier or gateway that signs: each origid stands for one of its switches or customers. */
interface Network {
  readonly name: string;
  readonly origids: number;
  readonly attestations: readonly (readonly ['A' | 'B' | 'C', number])[];
  readonly arrives: number;
}

const mostlyA = [
  ['A', 90],
  ['B', 6],
  ['C', 4],
] as const;
export const networks = {
  'mobile-one': { name: 'mobile-one', origids: 24, attestations: mostlyA, arrives: 0.75 },
  'mobile-two': { name: 'mobile-two', origids: 24, attestations: mostlyA, arrives: 0.7 },
  'mobile-three': { name: 'mobile-three', origids: 18, attestations: mostlyA, arrives: 0.65 },
  cable: {
    name: 'cable',
    origids: 8,
    attestations: [
      ['A', 85],
      ['B', 15],
    ],
    arrives: 0.6,
  },
  /** Old lines: hardly a signature survives. */
  landline: {
    name: 'landline',
    origids: 6,
    attestations: [
      ['A', 60],
      ['B', 40],
    ],
    arrives: 0.12,
  },
  'business-trunks': {
    name: 'business-trunks',
    origids: 30,
    attestations: [
      ['A', 35],
      ['B', 60],
      ['C', 5],
    ],
    arrives: 0.6,
  },
  /** Telephone systems in the cloud; honest offices and sales floors side by side under one origid each region. */
  'cloud-pbx': {
    name: 'cloud-pbx',
    origids: 4,
    attestations: [
      ['A', 80],
      ['B', 20],
    ],
    arrives: 0.85,
  },
  'small-voip': { name: 'small-voip', origids: 1, attestations: [['B', 100]], arrives: 0.85 },
  'gateway-telco': { name: 'gateway-telco', origids: 3, attestations: [['C', 100]], arrives: 0.9 },
  'gateway-two': { name: 'gateway-two', origids: 6, attestations: [['C', 100]], arrives: 0.8 },
  'gateway-three': { name: 'gateway-three', origids: 3, attestations: [['C', 100]], arrives: 0.9 },
} as const satisfies Record<string, Network>;
export type NetworkId = keyof typeof networks;

const unsigned: Verification = {
  result: 'none',
  attestation: null,
  signer: null,
  origid: null,
  source: null,
};
const failed: Verification = { ...unsigned, result: 'failed', source: 'asterisk' };
/** Signatures that honest systems break on the way. */
const failedShare = 0.002;

/** A line of this network; `origid` chooses one of its origids, else any. */
export function lineOf(id: NetworkId, dice: Dice, origid?: number): Signing {
  const { name, origids, attestations, arrives } = networks[id];
  const place = origid ?? dice.below(origids);
  return {
    signer: `https://certificates.${name}.example/shaken.pem`,
    origid: origidOf(name, place),
    attestation: dice.weighted<'A' | 'B' | 'C'>(attestations),
    arrives,
  };
}

export const unsignedLine: Signing = { signer: null, origid: null, attestation: null, arrives: 0 };

const privateNetworks = [
  ['mobile-one', 28],
  ['mobile-two', 26],
  ['mobile-three', 18],
  ['cable', 12],
  ['landline', 16],
] as const satisfies readonly (readonly [NetworkId, number])[];

export function privateLine(dice: Dice): Signing {
  return lineOf(dice.weighted<NetworkId>(privateNetworks), dice);
}

const officeNetworks = [
  ['business-trunks', 55],
  ['cable', 18],
  ['landline', 17],
  ['cloud-pbx', 7],
  ['small-voip', 3],
] as const satisfies readonly (readonly [NetworkId, number])[];

export function officeLine(dice: Dice): Signing {
  return lineOf(dice.weighted<NetworkId>(officeNetworks), dice);
}

export function verificationOf({ signer, origid, attestation, arrives }: Signing, dice: Dice): Verification {
  if (signer === null || !dice.chance(arrives)) return unsigned;
  if (dice.chance(failedShare)) return failed;
  return { result: 'passed', attestation, signer, origid, source: 'asterisk' };
}

/** A UUID, as ATIS-1000074 wants it. */
function origidOf(name: string, place: number): string {
  const hex = hash('sha256', `${name} ${place}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
