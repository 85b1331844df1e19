import type { Verification } from '../../../call/facts.ts';
import { signatureProblems, signedFor } from '../../../call/vocabulary.ts';
import { type SignatureAsked, verificationStates } from '../../logic/logic.ts';
import type { Supposition } from '../../proof/supposition.ts';
import type { Literals } from './literals.ts';
import { textWitness, type WantedText } from './text-witness.ts';

type Wanted = { readonly asks: SignatureAsked; readonly answer: 'yes' | 'no' | 'unknown' };

/** What a signature may be like, as supposed; null: none is like this. */
export function madeVerification(literals: Literals, supposition: Supposition): Verification | null {
  const state = verificationStates[supposition.pointsOf('verification').at(-1) ?? 0] ?? 'none';
  const [result, attestation = null] = state.split('-') as [
    Verification['result'],
    Verification['attestation']?,
  ];
  const wanted = (['signature', 'signature-note', 'signer-certificate'] as const).flatMap((about) =>
    literals.of(about).map(({ variable: { asks }, answer }): Wanted => ({ asks, answer })),
  );
  const texts = textFields.map(
    (field) => [field, result === 'passed' ? textOf(field, wanted) : undefined] as const,
  );
  const forWhom = wordOf('signedFor', signedFor.words, wanted);
  const problem = wordOf('problem', signatureProblems.words, wanted);
  if (forWhom === null || problem === null || texts.some(([, found]) => found === null)) return null;
  const { signer = null, origid = null, ...others } = known(texts);
  const isContradicted = wanted.some(
    ({ asks, answer }) => asks.field === 'disagreement' && asks.isThere === (answer === 'yes'),
  );
  const isNot = wanted.some(
    ({ asks, answer }) => asks.field === 'disagreement' && asks.isThere !== (answer === 'yes'),
  );
  if (isContradicted && isNot) return null;
  return {
    ...{ result, attestation, signer, origid, source: result === 'none' ? null : 'asterisk' },
    ...others,
    ...(forWhom !== undefined && { signedFor: forWhom }),
    ...(problem !== undefined && { problem }),
    ...(isContradicted && {
      disagreement: { here: state, carrier: state === 'failed' ? 'passed-A' : 'failed' },
    }),
  };
}

const textFields = ['signer', 'origid', 'signerName', 'signerCode', 'callerName'] as const;

/** Undefined: it is left out; null: there is none. */
function textOf(field: (typeof textFields)[number], all: readonly Wanted[]): string | undefined | null {
  const own = all.flatMap(({ asks, answer }) =>
    'text' in asks && asks.field === field ? [{ asks, answer }] : [],
  );
  if (own.length === 0) return undefined;
  const isUnknown = own.map(({ answer }) => answer === 'unknown');
  if (isUnknown.includes(true)) return isUnknown.includes(false) ? null : undefined;
  const texts = own.map(({ asks, answer }): WantedText => ({ asked: asks.text, holds: answer === 'yes' }));
  return textWitness(texts, field === 'signer' ? 'https://signer.example/a.pem' : 'Example');
}

function wordOf<Word extends string>(
  field: 'signedFor' | 'problem',
  words: readonly Word[],
  all: readonly Wanted[],
): Word | undefined | null {
  const fits = (word: Word | '') =>
    all.every(
      ({ asks, answer }) =>
        !('oneOf' in asks) || asks.field !== field || asks.oneOf.includes(word) === (answer === 'yes'),
    );
  // Left out is none of the words.
  return fits('') ? undefined : (words.find(fits) ?? null);
}

function known<Field extends string>(
  fields: readonly (readonly [Field, string | null | undefined])[],
): { readonly [F in Field]?: string } {
  return Object.fromEntries(fields.filter(([, value]) => typeof value === 'string')) as {
    [F in Field]?: string;
  };
}
