import { z } from 'zod';
import type { CallFacts, Verification } from '../../call/facts.ts';
import { attestations } from '../../call/vocabulary.ts';
import { type Answer, answer } from '../logic/answer.ts';
import { ask, type Formula, join } from '../logic/formula.ts';
import { anyOf, is, type Logic, notOf, type VerificationState, verificationStates } from '../logic/logic.ts';
import { mapping, oneOrMore, text, twoLines, word } from '../yaml/schema-words.ts';
import { type CompileContext, defineCondition } from './condition.ts';
import { compileTextMatch, describeTextMatch, textMatch } from './text-match.ts';

const state = oneOrMore(word('verification', verificationStates));
const uuid = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;

const asked = z.union([
  state,
  mapping('verification', {
    is: state.optional(),
    not: state.optional(),
    attestation: oneOrMore(word('attestation', attestations.words)).optional(),
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
  about:
    'What STIR/SHAKEN found: passed (any attestation), passed-A, passed-B, passed-C, failed, none. Attestation, signer and origid count only when the signature passed.',
  example: 'verification: { not: failed, signer: { contains: carrier.example } }',
  compile(value, context) {
    const wanted = Array.isArray(value) ? { is: value } : value;
    const { is: states, not, attestation, signer, origid } = wanted;
    const parts: Formula[] = [];
    if (states) {
      parts.push(stateTest(states.join(' or '), expanded(states), inStates(states)));
    }
    if (not) {
      const others = verificationStates.filter((one) => !expanded(not).includes(one));
      parts.push(stateTest(`not ${not.join(' or ')}`, others, notOf(inStates(not))));
    }
    if (attestation) {
      const states = attestation.map((one) => `passed-${one}` as const);
      parts.push(stateTest(`attestation ${attestation.join(' or ')}`, states, inStates(states)));
    }
    if (signer) parts.push(signerTest(signer, { ...context, refuse: under('signer', context) }));
    if (origid) {
      const ids = new Set(origid.map((id) => id.toLowerCase()));
      const question = `origid ${origid.join(' or ')}`;
      parts.push(
        test(
          question,
          ({ result, origid: id }) => result === 'passed' && id !== null && ids.has(id.toLowerCase()),
          is({ about: 'signature', words: question }),
        ),
      );
    }
    return join('all', parts);
  },
});

function signerTest(signer: z.output<typeof textMatch>, context: CompileContext): Formula {
  const fits = compileTextMatch(signer, context);
  const question = `signer ${describeTextMatch(signer)}`;
  return test(
    question,
    (found) => found.result === 'passed' && found.signer !== null && fits(found.signer),
    is({ about: 'signature', words: question }),
  );
}

function inStates(states: readonly VerificationState[]): Logic {
  return anyOf(expanded(states).map((one) => is({ about: 'verification', state: one })));
}

/** `passed` is every attestation and none. */
function expanded(states: readonly VerificationState[]): readonly VerificationState[] {
  const each = states.flatMap((one) =>
    one === 'passed' ? verificationStates.filter((state) => state.startsWith('passed')) : [one],
  );
  return [...new Set(each)];
}

/** A question that the state alone answers: one look at it. */
function stateTest(question: string, states: readonly VerificationState[], logic: Logic): Formula {
  const answers = Object.fromEntries(
    verificationStates.map((found) => [
      found,
      answer(`verification ${question} (it is ${found})`, states.includes(found)),
    ]),
  ) as Record<VerificationState, Answer>;
  return ask(({ verification: found }: CallFacts) => answers[stateOf(found)], logic);
}

/** The trace tells what was found, and there are few things that it can be. */
function test(question: string, holds: (found: Verification) => boolean, logic: Logic): Formula {
  const answers = new Map(
    verificationStates.map((found) => {
      const words = `verification ${question} (it is ${found})`;
      return [found, { yes: answer(words, true), no: answer(words, false) }];
    }),
  );
  const unnamed = {
    yes: answer(`verification ${question}`, true),
    no: answer(`verification ${question}`, false),
  };
  return ask(({ verification: found }: CallFacts) => {
    const both = answers.get(stateOf(found)) ?? unnamed;
    return holds(found) ? both.yes : both.no;
  }, logic);
}

function stateOf({ result, attestation }: Verification): VerificationState {
  if (result !== 'passed') return result;
  return attestation === null ? 'passed' : `passed-${attestation}`;
}

function under(key: string, context: CompileContext): CompileContext['refuse'] {
  return (path, ...rest) => context.refuse([key, ...path], ...rest);
}
