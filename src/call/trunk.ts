import type { Attestation } from './vocabulary.ts';

/** The context of the dialplan to which a trunk leads whose calls are screened. */
export const entryContext = 'gatehouse-in';

/** Where a trunk may say who vouched for the caller number. `asterisk`: our own Asterisk checked the signature. */
export const statements = [
  'asterisk',
  'verstat-in-pai',
  'verstat-in-from',
  'p-attestation-indicator',
  'attestation-info',
  'x-attestation-info',
  'x-twilio-verstat',
  'p-origination-id',
] as const;
export type Statement = (typeof statements)[number];

/** Which header the caller is read from. `asterisk`: CALLERID(num), as the endpoint's trust_id_inbound says. */
export const callerHeaders = ['asterisk', 'from', 'pai'] as const;
export type CallerHeader = (typeof callerHeaders)[number];

export const verstatPlaces = ['anywhere', 'in-uri', 'after-uri'] as const;
export type VerstatPlace = (typeof verstatPlaces)[number];

/** Digits that a carrier puts in front of its numbers, and what to put in their place. */
export interface DigitChange {
  /** The first of these that the number begins with is taken off. */
  readonly strip: readonly string[];
  /** Put in front of what was stripped; without `strip`, of every number that has no `+`. */
  readonly add: string;
}

/** How the calls of one trunk are read. */
export interface Trunk {
  /** What is believed; nothing else is. A failure that our Asterisk found counts on every trunk. */
  readonly believes: ReadonlySet<Statement>;
  /** What `TN-Validation-Passed` without a letter says there; null: passed, and no attestation. */
  readonly barePass: Attestation | null;
  /** Where a `verstat` that says passed must be: in the URI or behind its `>`. One that says failed counts anywhere. */
  readonly verstatPlace: VerstatPlace;
  readonly caller: CallerHeader;
  /** ISO 3166 region in which its national numbers are read. */
  readonly region: string;
  readonly callerDigits: DigitChange;
  readonly calledDigits: DigitChange;
}

export const noDigitChange: DigitChange = { strip: [], add: '' };

/** A trunk of which the rules say nothing: no header is believed. */
export function unnamedTrunk(region: string): Trunk {
  return {
    believes: new Set(['asterisk']),
    barePass: null,
    verstatPlace: 'anywhere',
    caller: 'asterisk',
    region,
    callerDigits: noDigitChange,
    calledDigits: noDigitChange,
  };
}

/** The number as the trunk's setting rewrites it. */
export function changeDigits(number: string, { strip, add }: DigitChange): string {
  const stripped = strip.find((prefix) => number.startsWith(prefix));
  const rest = stripped === undefined ? number : number.slice(stripped.length);
  const adds = strip.length === 0 ? /^[0-9]/.test(number) : stripped !== undefined;
  return adds ? add + rest : rest;
}

/** How the calls of a trunk are read, by its name. Asked for each call: rules change while calls run. */
export type TrunkReader = (name: string) => Trunk;
