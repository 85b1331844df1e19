import { answer, answerUnknown, noNumberAnswers, type Test } from '../../logic/answer.ts';
import { ask } from '../../logic/formula.ts';
import { allOf, anyOf, is, notOf } from '../../logic/logic.ts';
import { yesOrNo } from '../../yaml/schema-words.ts';
import { defineCondition } from '../condition.ts';

/**
 * `caller: { alibi: true }`: the call shows one of our own numbers, and at this moment no call of ours does: its number is
 * forged, whatever a carrier says.
 */
export const alibi = defineCondition({
  path: ['caller', 'alibi'],
  schema: yesOrNo('alibi'),
  about:
    'The caller number is one of your own (settings: own-numbers), and no call of yours that shows it is in progress: the number is forged. false: it is none of yours, or such a call is in progress. Not known unless the dialplan says so (GATEHOUSE_ALIBI, gatehouse-outbound.conf).',
  example: 'caller: { alibi: true }',
  compile(asked, { ownNumbers, ownPatterns }) {
    const question = asked ? 'our own number has an alibi' : 'our own number has no alibi';
    const yes = answer(question, true);
    const no = answer(question, false);
    const missing = answerUnknown({
      question,
      fact: question,
      why: 'it is not known which calls of ours are in progress',
    });
    const none = noNumberAnswers(question);
    const test: Test = ({ caller, signals }) => {
      if (caller.number === null) return asked ? none[caller.reason ?? 'unavailable'] : yes;
      if (ownNumbers.find(caller.number) === undefined) return asked ? no : yes;
      if (signals?.ownCallOut === undefined) return missing;
      return signals.ownCallOut === asked ? no : yes;
    };
    const own = anyOf(ownPatterns.map((pattern) => is({ about: 'caller-pattern', pattern })));
    const proven = allOf([own, is({ about: 'alibi' })]);
    return ask(test, asked ? proven : notOf(proven));
  },
});
