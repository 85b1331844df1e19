import { oneOrMore } from '../schema-words.ts';
import { answer, type Listed, noNumberAnswers, rememberLast, type Test } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { listName, resolveLists } from './list-name.ts';
import { anyOf, is } from './logic.ts';

/** `caller: { in: customers }`: the caller number stands in one of the lists, in a row that has not expired. */
export const callerInList = defineCondition({
  path: ['caller', 'in'],
  schema: oneOrMore(listName),
  about: 'The caller number stands in one of these lists, in a row that has not expired.',
  example: 'caller: { in: [staff, customers] }',
  compile(asked, context) {
    const lists = resolveLists(asked, context);
    const question = `caller in ${asked.join(' or ')}`;
    const no = answer(question, false);
    const none = noNumberAnswers(question);
    const test: Test = ({ caller, now }) => {
      if (caller.number === null) return none[caller.reason ?? 'unavailable'];
      for (const list of lists) {
        const row = list.find(caller.number, now);
        if (row) return listedAnswer({ list: list.id, name: row.name });
      }
      return no;
    };
    return ask(rememberLast(test), anyOf(asked.map((list) => is({ about: 'caller-list', list }))));
  },
});

function listedAnswer(listed: Listed) {
  return answer(`caller in ${listed.list}`, true, listed);
}
