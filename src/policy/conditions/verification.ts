import { z } from 'zod';
import type { CallFacts, Verification } from '../facts.ts';
import { mapping, oneOrMore, text, twoLines, word } from '../schema-words.ts';
import { combine } from './combine.ts';
import { answer, type CompileContext, defineCondition, type Test } from './condition.ts';
import { compileTextMatch, describeTextMatch, textMatch } from './text-match.ts';

const states = ['passed', 'passed-A', 'passed-B', 'passed-C', 'failed', 'none'] as const;
type State = (typeof states)[number];

const state = oneOrMore(word('verification', states));
const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const asked = z.union([
  state,
  mapping('verification', {
    is: state.optional(),
    not: state.optional(),
    attestation: oneOrMore(word('attestation', ['A', 'B', 'C'])).optional(),
    signer: textMatch.optional(),
    origid: oneOrMore(text('the origid', uuid, 'write a UUID, as the signer sends it')).optional(),
  }).refine((value) => Object.keys(value).length > 0, {
    error: twoLines('verification is empty', 'write is, not, attestation, signer or origid'),
  }),
]);

/**
 * `verification: passed-A`, `{ not: failed }`, `{ signer: { contains: example } }`. STIR/SHAKEN (RFC 8224, RFC 8588).
 * Attestation, signer and origid count only when the signature passed: else anybody could claim them.
 */
export const verification = defineCondition({
  path: ['verification'],
  schema: asked,
  compile(value, context) {
    const wanted = Array.isArray(value) ? { is: value } : value;
    const { is, not, attestation, signer, origid } = wanted;
    const tests: Test[] = [];
    if (is) tests.push(test(is.join(' or '), (found) => is.some((one) => isState(found, one))));
    if (not) tests.push(test(`not ${not.join(' or ')}`, (found) => !not.some((one) => isState(found, one))));
    if (attestation) {
      tests.push(
        test(`attestation ${attestation.join(' or ')}`, (found) =>
          found.result === 'passed' && found.attestation !== null && attestation.includes(found.attestation)),
      );
    }
    if (signer) tests.push(signerTest(signer, { ...context, refuse: under('signer', context) }));
    if (origid) {
      const ids = new Set(origid.map((id) => id.toLowerCase()));
      tests.push(
        test(`origid ${origid.join(' or ')}`, ({ result, origid: id }) =>
          result === 'passed' && id !== null && ids.has(id.toLowerCase())),
      );
    }
    return combine('all', tests);
  },
});

function signerTest(signer: z.output<typeof textMatch>, context: CompileContext): Test {
  const fits = compileTextMatch(signer, context);
  return test(`signer ${describeTextMatch(signer)}`, (found) =>
    found.result === 'passed' && found.signer !== null && fits(found.signer));
}

/** The trace tells what was found, and there are few things that it can be. */
function test(question: string, holds: (found: Verification) => boolean): Test {
  const answers = new Map(
    states.map((found) => {
      const words = `verification ${question} (it is ${found})`;
      return [found, { yes: answer(words, true), no: answer(words, false) }];
    }),
  );
  const unnamed = {
    yes: answer(`verification ${question}`, true),
    no: answer(`verification ${question}`, false),
  };
  return ({ verification: found }: CallFacts) => {
    const both = answers.get(stateOf(found)) ?? unnamed;
    return holds(found) ? both.yes : both.no;
  };
}

function stateOf({ result, attestation }: Verification): State {
  if (result !== 'passed') return result;
  if (attestation === 'A') return 'passed-A';
  if (attestation === 'B') return 'passed-B';
  return attestation === 'C' ? 'passed-C' : 'passed';
}

function isState(found: Verification, wanted: State): boolean {
  return wanted === 'passed' ? found.result === 'passed' : stateOf(found) === wanted;
}

function under(key: string, context: CompileContext): CompileContext['refuse'] {
  return (path, ...rest) => context.refuse([key, ...path], ...rest);
}
