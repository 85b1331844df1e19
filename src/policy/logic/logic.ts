import {
  type AttackLevel,
  type Attestation,
  attestations,
  type Flag,
  type NoNumberReason,
  type VerificationResult,
} from '../../call/vocabulary.ts';
import { type NumberPattern, patternWords } from '../../numbers/number-pattern.ts';
import type { NumberType } from '../../numbers/number-traits.ts';

/** What a signature check can have found, attestation included. */
export type VerificationState = VerificationResult | `passed-${Attestation}`;
export const verificationStates: readonly [VerificationState, ...VerificationState[]] = [
  'passed',
  ...attestations.words.map((letter): VerificationState => `passed-${letter}`),
  'failed',
  'none',
];

/** Which answers a time condition can give at a minute of a weekday: dates and holidays may leave both open. */
type PossibleAt = (weekday: number, minute: number) => { readonly yes: boolean; readonly no: boolean };

/** Where two policies are compared: which of them. A list variable with `only` is about rows that the other one lacks, one about names about those of its file. */
export type Side = 'old' | 'new';

/** Texts of which one must fit; capital and small letters are the same. `matches`: RE2 expressions. */
export interface TextAsked {
  readonly equals?: readonly string[] | undefined;
  readonly contains?: readonly string[] | undefined;
  readonly matches?: readonly string[] | undefined;
}

/** What is asked of a signature, by its field in the facts. */
export type SignatureAsked =
  | {
      readonly field: 'signer' | 'origid' | 'signerName' | 'signerCode' | 'callerName';
      readonly text: TextAsked;
    }
  | { readonly field: 'signedFor' | 'problem'; readonly oneOf: readonly string[] }
  | { readonly field: 'disagreement'; readonly isThere: boolean };

/** Of numbers under a calling code that no country is known of, such as those of a new area code. */
export const noCountry = 'none';

/** Counts of calls, by their name in the facts. */
export type CountField =
  | 'calls'
  | 'failedChallenges'
  | 'calledNumbers'
  | 'decoys'
  | 'exchangeCalls'
  | 'exchangeFailed'
  | 'exchangePassed'
  | 'exchangeDecoyCalls'
  | 'signerCalls'
  | 'signerFailed'
  | 'signerPassed'
  | 'signerDecoyCalls'
  | 'origidFailed'
  | 'origidPassed'
  | 'calledNumberCalls'
  | 'boardCalls'
  | 'unknownCalledNumberCalls'
  | 'unknownBoardCalls';

/** What an attack level is of; `any`: the highest that concerns the call. */
export type LevelOf = 'any' | 'board' | 'called-number' | 'department' | `list:${string}`;

/**
 * One thing that a condition asks of a call, for those who reason about rules without a call: the proof that nobody is
 * stranded, and the index of rules. A condition's test and its logic say the same.
 */
export type Variable =
  | { readonly about: 'trunk'; readonly name: string }
  | { readonly about: 'caller-missing'; readonly reason: NoNumberReason }
  | { readonly about: 'caller-number' }
  | { readonly about: 'caller-list'; readonly list: string; readonly only?: Side }
  | { readonly about: 'caller-pattern'; readonly pattern: NumberPattern }
  | { readonly about: 'caller-country'; readonly country: string; readonly callingCode: string }
  | { readonly about: 'caller-type'; readonly type: NumberType }
  | { readonly about: 'caller-valid' }
  | { readonly about: 'caller-unallocated' }
  | { readonly about: 'caller-near'; readonly how: 'same-exchange' | 'called-number' }
  | { readonly about: 'called-list'; readonly list: string; readonly only?: Side }
  | { readonly about: 'called-pattern'; readonly pattern: NumberPattern }
  | { readonly about: 'verification'; readonly state: VerificationState }
  | { readonly about: 'signature'; readonly words: string; readonly asks: SignatureAsked }
  /** May be true of a signature that does not count, too. */
  | { readonly about: 'signature-note'; readonly words: string; readonly asks: SignatureAsked }
  /** Not known of a certificate that was not fetched. */
  | { readonly about: 'signer-certificate'; readonly words: string; readonly asks: SignatureAsked }
  | { readonly about: 'name'; readonly how: 'equals' | 'contains' | 'matches'; readonly text: string }
  | {
      readonly about: 'time';
      readonly words: string;
      readonly zone: string;
      /** Minutes of a day at which the answer may change. */
      readonly boundaries: readonly number[];
      readonly possibleAt: PossibleAt;
      /** The answer at an instant, epoch ms. */
      readonly holdsAt: (now: number) => boolean;
    }
  /** The call comes before this instant, epoch ms. */
  | { readonly about: 'before'; readonly at: number }
  | { readonly about: 'admission'; readonly kind: 'pass' | 'dialed' | 'expected' }
  | {
      readonly about: 'count';
      readonly field: CountField;
      readonly withinMs: number;
      readonly over: number;
    }
  | { readonly about: 'flags'; readonly words: readonly Flag[]; readonly over: number }
  | { readonly about: 'opted-out' }
  | { readonly about: 'weaker-verification' }
  | { readonly about: 'heard'; readonly tone: 'fax' | 'tty' }
  | { readonly about: 'alibi' }
  /** Null: anybody whose name is claimed. */
  | { readonly about: 'claimed-name'; readonly group: string | null; readonly only?: Side }
  /** Null: anything that is closed by hand. */
  | { readonly about: 'closed'; readonly calendar: string | null }
  | { readonly about: 'emergency-dialed'; readonly withinMs: number }
  | { readonly about: 'level'; readonly atLeast: AttackLevel; readonly of: LevelOf }
  | { readonly about: 'call-back-surge' }
  | { readonly about: 'share'; readonly percent: number }
  | { readonly about: 'campaign'; readonly id: string | null }
  | { readonly about: 'rule-in-force'; readonly rule: string };

export type Logic =
  | { readonly kind: 'is'; readonly variable: Variable; readonly key: string }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Logic[] }
  | { readonly kind: 'not'; readonly part: Logic };

export function is(variable: Variable): Logic {
  return { kind: 'is', variable, key: keyOf(variable) };
}

export function anyOf(parts: readonly Logic[]): Logic {
  const [only] = parts;
  return only && parts.length === 1 ? only : { kind: 'any', parts };
}

export function allOf(parts: readonly Logic[]): Logic {
  const [only] = parts;
  return only && parts.length === 1 ? only : { kind: 'all', parts };
}

export function notOf(part: Logic): Logic {
  return part.kind === 'not' ? part.part : { kind: 'not', part };
}

/** The same for two variables exactly when they ask the same. */
export function keyOf(variable: Variable): string {
  switch (variable.about) {
    case 'caller-pattern':
    case 'called-pattern':
      return `${variable.about} ${patternWords(variable.pattern)}`;
    case 'flags':
      return `flags ${[...variable.words].sort().join('+')} over ${variable.over}`;
    case 'time':
      return `time ${variable.zone} ${variable.words}`;
    case 'signature':
    case 'signature-note':
    case 'signer-certificate':
      return `${variable.about} ${variable.words}`;
    default:
      return Object.values(variable).join(' ');
  }
}

/** The same for two conditions that ask the same in the same way. */
export function logicKey(logic: Logic): string {
  if (logic.kind === 'is') return logic.key;
  if (logic.kind === 'not') return `not(${logicKey(logic.part)})`;
  return `${logic.kind}(${logic.parts.map(logicKey).join(',')})`;
}
