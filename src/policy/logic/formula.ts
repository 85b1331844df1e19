import type { CallFacts } from '../../call/facts.ts';
import type { Answer, Test } from './answer.ts';
import { allOf, anyOf, type Logic, notOf } from './logic.ts';

export type Holds = Answer['holds'];

/** A compiled `when`: questions, joined by all, any and not. It can be asked of a call, and it can be reasoned about. */
export type Formula =
  | { readonly kind: 'ask'; readonly test: Test; readonly logic: Logic }
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Formula[] }
  | { readonly kind: 'not'; readonly part: Formula };

/** @param logic says the same as the test, for the proofs */
export function ask(test: Test, logic: Logic): Formula {
  return { kind: 'ask', test, logic };
}

export function join(kind: 'all' | 'any', parts: readonly Formula[]): Formula {
  const [only] = parts;
  return only && parts.length === 1 ? only : { kind, parts };
}

export function logicOf(formula: Formula): Logic {
  if (formula.kind === 'ask') return formula.logic;
  if (formula.kind === 'not') return notOf(logicOf(formula.part));
  const parts = formula.parts.map(logicOf);
  return formula.kind === 'all' ? allOf(parts) : anyOf(parts);
}

/**
 * The answer with its words. Three-valued (Kleene): a missing fact decides nothing, unless the others have decided
 * already. The words are those of the question that settled it, or of all of them.
 */
export function answerOf(formula: Formula, facts: CallFacts): Answer {
  if (formula.kind === 'ask') return formula.test(facts);
  if (formula.kind === 'not') {
    const { holds, because, missing } = answerOf(formula.part, facts);
    // A list that did not match gives no name.
    const answer: Answer = { holds: turned[holds], because: `not (${because})`, listed: null };
    return missing === undefined ? answer : { ...answer, missing };
  }
  const settles = formula.kind === 'all' ? 'no' : 'yes';
  let because = '';
  let listed: Answer['listed'] = null;
  let unknown: Answer | null = null;
  for (const part of formula.parts) {
    const one = answerOf(part, facts);
    if (one.holds === settles) return one;
    if (one.holds === 'unknown') unknown ??= one;
    listed ??= one.listed;
    because = because === '' ? one.because : `${because}; ${one.because}`;
  }
  return unknown ?? { holds: formula.kind === 'all' ? 'yes' : 'no', because, listed };
}

const turned = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;

/** The same answer as `answerOf`, without the words: what a thousand rules are asked in a microsecond. */
export function compileHolds(formula: Formula): (facts: CallFacts) => Holds {
  if (formula.kind === 'ask') {
    const { test } = formula;
    return (facts) => test(facts).holds;
  }
  if (formula.kind === 'not') {
    const holds = compileHolds(formula.part);
    return (facts) => turned[holds(facts)];
  }
  const settles = formula.kind === 'all' ? 'no' : 'yes';
  const otherwise = formula.kind === 'all' ? 'yes' : 'no';
  const asked = formula.parts.flatMap((part) => (part.kind === 'ask' ? [part.test] : []));
  if (asked.length === formula.parts.length) return holdsOfAsked(asked, settles, otherwise);
  const parts = formula.parts.map(compileHolds);
  return (facts) => {
    let end: Holds = otherwise;
    for (let i = 0; i < parts.length; i++) {
      const one = (parts[i] as (facts: CallFacts) => Holds)(facts);
      if (one === settles) return one;
      if (one === 'unknown') end = one;
    }
    return end;
  };
}

/** Most rules ask two or three questions side by side. */
function holdsOfAsked(asked: readonly Test[], settles: Holds, otherwise: Holds): (facts: CallFacts) => Holds {
  return (facts) => {
    let end: Holds = otherwise;
    for (let i = 0; i < asked.length; i++) {
      const one = (asked[i] as Test)(facts).holds;
      if (one === settles) return one;
      if (one === 'unknown') end = one;
    }
    return end;
  };
}
