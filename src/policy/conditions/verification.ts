import { z } from 'zod';
import type { CallFacts, Verification } from '../../call/facts.ts';
import { attestations, signatureProblems, signedFor } from '../../call/vocabulary.ts';
import { type Answer, answer, answerUnknown } from '../logic/answer.ts';
import { ask, type Formula, join } from '../logic/formula.ts';
import {
  anyOf,
  is,
  type Logic,
  notOf,
  type SignatureAsked,
  type VerificationState,
  verificationStates,
} from '../logic/logic.ts';
import { mapping, oneOrMore, text, twoLines, word, yesOrNo } from '../yaml/schema-words.ts';
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
    'signer-name': textMatch.optional(),
    'signer-code': oneOrMore(
      text('the provider code', /^[0-9A-Za-z]{1,10}$/, 'write the code as in the certificate: 709J'),
    ).optional(),
    'signed-name': textMatch.optional(),
    'signed-for': oneOrMore(word('signed-for', signedFor.words)).optional(),
    problem: oneOrMore(word('problem', signatureProblems.words)).optional(),
    contradicted: yesOrNo('contradicted').optional(),
  }).refine((value) => Object.keys(value).length > 0, {
    error: twoLines(
      'verification is empty',
      'write is, not, attestation, signer, origid or another of its keys',
    ),
  }),
]);

/** What is missing when a rule asks for the name or code of a certificate that was not fetched when the call came. */
export const signerCertificateFact = 'certificate of the signer';

/**
 * `verification: passed-A`, `{ not: failed }`, `{ signer: { contains: example } }`. STIR/SHAKEN (RFC 8224, RFC 8588).
 * Attestation, signer, origid and the signed name count only when the signature passed: else anybody could claim them.
 */
export const verification = defineCondition({
  path: ['verification'],
  schema: asked,
  about:
    'What STIR/SHAKEN found: passed (any attestation), passed-A, passed-B, passed-C, failed, none. Attestation, signer (address of its certificate), origid, signer-name and signer-code (of the certificate, known from the second call on) and signed-name (rich call data) count only when the signature passed. signed-for: called-number, forwarded (div) or other. problem: why a signature does not count. contradicted: what was verified here and what the carrier says differ.',
  example: 'verification: { not: failed, signer-code: 709J }',
  compile(value, context) {
    const wanted = Array.isArray(value) ? { is: value } : value;
    const { is: states, not, attestation, signer, origid, problem, contradicted } = wanted;
    const { 'signer-name': signerName, 'signer-code': code, 'signed-name': name } = wanted;
    const asksFor = wanted['signed-for'];
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
          is({ about: 'signature', words: question, asks: { field: 'origid', text: { equals: origid } } }),
        ),
      );
    }
    if (signerName) {
      const fits = compileTextMatch(signerName, { ...context, refuse: under('signer-name', context) });
      parts.push(
        certificateTest(`signer name ${describeTextMatch(signerName)}`, fits, {
          field: 'signerName',
          text: signerName,
        }),
      );
    }
    if (code) {
      const codes = new Set(code.map((one) => one.toUpperCase()));
      parts.push(
        certificateTest(`signer code ${code.join(' or ')}`, (one) => codes.has(one.toUpperCase()), {
          field: 'signerCode',
          text: { equals: code },
        }),
      );
    }
    if (name) {
      const fits = compileTextMatch(name, { ...context, refuse: under('signed-name', context) });
      const question = `signed name ${describeTextMatch(name)}`;
      parts.push(
        test(
          question,
          ({ result, callerName }) => result === 'passed' && callerName !== undefined && fits(callerName),
          is({ about: 'signature', words: question, asks: { field: 'callerName', text: name } }),
        ),
      );
    }
    if (asksFor)
      parts.push(
        noteTest(
          `signed for ${asksFor.join(' or ')}`,
          (found) => asksFor.some((one) => one === found.signedFor),
          { field: 'signedFor', oneOf: asksFor },
        ),
      );
    if (problem)
      parts.push(
        noteTest(`problem ${problem.join(' or ')}`, (found) => problem.some((one) => one === found.problem), {
          field: 'problem',
          oneOf: problem,
        }),
      );
    if (contradicted !== undefined)
      parts.push(
        noteTest(
          contradicted ? 'contradicted' : 'not contradicted',
          ({ disagreement }) => (disagreement !== undefined) === contradicted,
          { field: 'disagreement', isThere: contradicted },
        ),
      );
    return join('all', parts);
  },
});

/** What any signature may have, also one that does not count. */
function noteTest(question: string, holds: (found: Verification) => boolean, asks: SignatureAsked): Formula {
  return test(question, holds, is({ about: 'signature-note', words: question, asks }));
}

/** Of a certificate that was not fetched yet nothing is known; a call that did not pass has none that counts. */
function certificateTest(
  question: string,
  fits: (text: string) => boolean,
  asks: SignatureAsked & { readonly field: 'signerName' | 'signerCode' },
): Formula {
  const words = `verification ${question}`;
  const yes = answer(words, true);
  const no = answer(words, false);
  const unknown = answerUnknown({
    question: words,
    fact: signerCertificateFact,
    why: 'the certificate of the signer was not known',
  });
  return ask(
    ({ verification: found }: CallFacts) => {
      const text = found[asks.field];
      if (found.result !== 'passed') return no;
      if (text === undefined) return unknown;
      return fits(text) ? yes : no;
    },
    is({ about: 'signer-certificate', words: question, asks }),
  );
}

function signerTest(signer: z.output<typeof textMatch>, context: CompileContext): Formula {
  const fits = compileTextMatch(signer, context);
  const question = `signer ${describeTextMatch(signer)}`;
  return test(
    question,
    (found) => found.result === 'passed' && found.signer !== null && fits(found.signer),
    is({ about: 'signature', words: question, asks: { field: 'signer', text: signer } }),
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
