import { isWeaker, usualVerification, usualWords } from '../../../call/usual-verification.ts';
import { answer, missingHistoryAnswers, type Test } from '../../logic/answer.ts';
import { ask } from '../../logic/formula.ts';
import { is, notOf } from '../../logic/logic.ts';
import { yesOrNo } from '../../yaml/schema-words.ts';
import { defineCondition } from '../condition.ts';

/** `history: { weaker-verification: true }`: the number is known as signed, and this call is not, or less well. */
export const weakerVerification = defineCondition({
  path: ['history', 'weaker-verification'],
  schema: yesOrNo('weaker-verification'),
  about:
    'This call is verified less well than calls of its number usually are: nine of ten of at least five calls within 30 days, such as A, then none. Calls that were connected unasked or passed a challenge count, but those that were weaker themselves only when they passed. false: as usual, or nothing is usual.',
  example: 'history: { weaker-verification: true }',
  compile(asked) {
    const question = `verification is ${asked ? '' : 'not '}weaker than usual`;
    const none = answer(question, !asked);
    const missing = missingHistoryAnswers(question, 'usual verification of this number');
    const test: Test = (facts) => {
      const verified = facts.history?.verified;
      if (!verified) return missing(facts);
      const usual = usualVerification(verified);
      if (usual === null) return none;
      const holds = isWeaker(facts, usual) === asked ? 'yes' : 'no';
      return { holds, because: `${question}: ${holds} (${usualWords(facts, usual)})`, listed: null };
    };
    const weaker = is({ about: 'weaker-verification' });
    return ask(test, asked ? weaker : notOf(weaker));
  },
});
