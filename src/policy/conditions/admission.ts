import type { z } from 'zod';
import type { CallFacts } from '../facts.ts';
import { yesOrNo } from '../schema-words.ts';
import { answer, missingHistoryAnswers, type Test } from './answer.ts';
import { type Condition, defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { is, notOf } from './logic.ts';

interface Admission {
  readonly key: string;
  readonly kind: 'pass' | 'dialled' | 'expected';
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
