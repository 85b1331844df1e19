import { z } from 'zod';
import {
  callerHeaders,
  type DigitChange,
  noDigitChange,
  statements,
  type Trunk,
  unnamedTrunk,
  verstatPlaces,
} from '../../call/trunk.ts';
import { attestations } from '../../call/vocabulary.ts';
import { isRegion } from '../../numbers/phone-number.ts';
import { mapping, oneOrMore, shown, text, twoLines, word } from '../yaml/schema-words.ts';
import { presetNames, trunkPresets } from './trunk-presets.ts';

const region = z.string().refine(isRegion, {
  error: ({ input }) =>
    twoLines(`region cannot be ${shown(input)}`, 'write the two-letter code of a country: US, GB'),
});

const digitChange = (what: string) =>
  mapping(what, {
    strip: oneOrMore(text('strip', /^\+?[0-9*#]{1,15}$/, 'write the digits in quotes: "9"'))
      .optional()
      .describe('Digits that are taken off the front.'),
    add: text('add', /^(\+|\+?[0-9]{1,14})$/, 'write + or digits in quotes: "+1"')
      .optional()
      .describe('Put in their place; without strip, in front of every number that has no plus.'),
  });

const trunk = mapping('a trunk', {
  like: word('like', presetNames)
    .optional()
    .describe('What this carrier documents; the other keys depart from it.'),
  believe: z
    .union([z.literal('nothing').transform(() => []), oneOrMore(word('believe', statements))])
    .optional()
    .describe(
      'What is believed of who vouched for the caller number, and nothing else: headers that this carrier writes, and removes when a caller wrote them; asterisk is the check of the signature by your own Asterisk or by Gatehouse. Left out: asterisk alone.',
    ),
  'bare-pass': word('bare-pass', [...attestations.words, 'none'] as ['A', 'B', 'C', 'none'])
    .optional()
    .describe('What TN-Validation-Passed without a letter says; none: passed without an attestation.'),
  'verstat-place': word('verstat-place', verstatPlaces)
    .optional()
    .describe('Where the carrier writes verstat; one that says failed counts anywhere.'),
  caller: word('caller', callerHeaders)
    .optional()
    .describe(
      'The header that names the caller; the other one when it holds no number. Left out: CALLERID(num) of Asterisk.',
    ),
  region: region
    .optional()
    .describe('Country of national numbers on this trunk; left out: default-region of the settings.'),
  'caller-digits': digitChange('caller-digits').optional().describe('Digits in front of caller numbers.'),
  'called-digits': digitChange('called-digits').optional().describe('Digits in front of dialed numbers.'),
});

/** `trunks:` of policy.yaml. */
export const trunksShape = z.record(z.string().min(1).max(80), trunk, {
  error: twoLines(
    'trunks must be names of PJSIP endpoints with what is believed there',
    'write carrier: { like: telnyx }, or carrier: { believe: [verstat-in-pai] }',
  ),
});

export type WrittenTrunks = z.output<typeof trunksShape>;

export function compileTrunks(written: WrittenTrunks, defaultRegion: string): ReadonlyMap<string, Trunk> {
  return new Map(Object.entries(written).map(([name, one]) => [name, compileTrunk(one, defaultRegion)]));
}

function compileTrunk(one: WrittenTrunks[string], defaultRegion: string): Trunk {
  const plain = unnamedTrunk(one.region ?? defaultRegion);
  const preset = one.like === undefined ? null : trunkPresets[one.like];
  const barePass = one['bare-pass'];
  return {
    ...plain,
    believes: new Set(one.believe ?? preset?.believe ?? plain.believes),
    barePass: barePass === undefined ? (preset?.barePass ?? null) : barePass === 'none' ? null : barePass,
    verstatPlace: one['verstat-place'] ?? preset?.verstatPlace ?? plain.verstatPlace,
    caller: one.caller ?? plain.caller,
    callerDigits: digitsOf(one['caller-digits']),
    calledDigits: digitsOf(one['called-digits']),
  };
}

function digitsOf(
  written: { strip?: string[] | undefined; add?: string | undefined } | undefined,
): DigitChange {
  return written === undefined ? noDigitChange : { strip: written.strip ?? [], add: written.add ?? '' };
}
