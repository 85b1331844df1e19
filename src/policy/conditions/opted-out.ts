import { answer, missingHistoryAnswers, type Test } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { is, notOf } from '../logic/logic.ts';
import { yesOrNo } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

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
