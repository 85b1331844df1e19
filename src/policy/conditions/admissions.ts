import type { z } from 'zod';
import type { CallFacts } from '../../call/facts.ts';
import { answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is, notOf } from '../logic/logic.ts';
import { yesOrNo } from '../yaml/schema-words.ts';
import { type Condition, defineCondition } from './condition.ts';

interface Admission {
  readonly key: string;
  readonly kind: 'pass' | 'dialed' | 'expected';
  /** What it is called in the trace when it is asked for, and when its absence is. */
  readonly questions: readonly [yes: string, no: string];
  readonly about: string;
  readonly example: string;
  /** Null: the history does not say. */
  admits(facts: CallFacts): boolean | null;
}

/** `history: { <key>: true }` for what admits a caller number for a time; a caller without a number has none of it. */
export function admission(of: Admission): Condition {
  return defineCondition<z.ZodBoolean>({
    path: ['history', of.key],
    schema: yesOrNo(of.key),
    about: of.about,
    example: of.example,
    compile(asked) {
      const question = of.questions[asked ? 0 : 1];
      const yes = answer(question, true);
      const no = answer(question, false);
      const missing = missingHistoryAnswers(question, of.questions[0]);
      const test: Test = (facts) => {
        // It belongs to numbers: a caller without one is known to have none, history or not.
        if (facts.caller.number === null) return asked ? no : yes;
        const admits = facts.history === null ? null : of.admits(facts);
        if (admits === null) return missing(facts);
        return admits === asked ? yes : no;
      };
      const has = is({ about: 'admission', kind: of.kind });
      return ask(test, asked ? has : notOf(has));
    },
  });
}

/** `history: { has-pass: true }`: the caller number passed a challenge, and the pass has not ended. */
export const hasPass = admission({
  key: 'has-pass',
  kind: 'pass',
  questions: ['caller passed before', 'caller has not passed before'],
  about: 'The caller number passed a challenge before, and its pass has not ended.',
  example: 'history: { has-pass: true }',
  admits: ({ history, now }) => {
    const until = history?.passUntil;
    return until === undefined ? null : until !== null && until > now;
  },
});

/** `history: { dialed: true }`: our people dialed this number, and the time in which it may call back has not ended. */
export const dialed = admission({
  key: 'dialed',
  kind: 'dialed',
  questions: ['we dialed the caller', 'we did not dial the caller'],
  about: 'Our people dialed this number not long ago: it calls back.',
  example: 'history: { dialed: true }',
  admits: ({ history, now }) => {
    const until = history?.dialedUntil;
    return until === undefined ? null : until !== null && until > now;
  },
});

/**
 * `history: { expected: true }`: staff said that this number will call (`gatehouse expect`), at this called number or at
 * any. It never outweighs a failed verification: whoever forges the number is not the one who is expected.
 */
export const expectedCall = admission({
  key: 'expected',
  kind: 'expected',
  questions: ['caller is expected', 'caller is not expected'],
  about:
    'Staff expect this number to call, at this called number or at any (gatehouse expect). Never true when the verification failed.',
  example: 'history: { expected: true }',
  admits: ({ history, called, verification, now }) => {
    const expected = history?.expected;
    if (expected === undefined) return null;
    if (expected === null || verification.result === 'failed') return false;
    return expected.until > now && (expected.called === null || expected.called === called.number);
  },
});
