import { yesOrNo } from '../schema-words.ts';
import { answer, missingHistoryAnswers, type Test } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { is, notOf } from './logic.ts';

/** `history: { opted-out: true }`: the number was told not to call again, or asked not to be called. */
export const optedOut = defineCondition({
  path: ['history', 'opted-out'],
  schema: yesOrNo('opted-out'),
  about: 'This caller number was told not to call again.',
  example: 'history: { opted-out: true }',
  compile(asked) {
    const question = asked ? 'caller opted out' : 'caller has not opted out';
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = missingHistoryAnswers(question, 'opting out of this number');
    const test: Test = (facts) => {
      const out = facts.history?.optedOut;
      if (typeof out !== 'boolean') return missing(facts);
      return out === asked ? yes : no;
    };
    const out = is({ about: 'opted-out' });
    return ask(test, asked ? out : notOf(out));
  },
});
