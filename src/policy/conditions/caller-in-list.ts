import { oneOrMore } from '../schema-words.ts';
import { answer, defineCondition, type Listed, noNumberAnswers } from './condition.ts';
import { listName, resolveLists } from './list-name.ts';

/** `caller: { in: customers }`: the caller number stands in one of the lists, in a row that has not expired. */
export const callerInList = defineCondition({
  path: ['caller', 'in'],
  schema: oneOrMore(listName),
  compile(asked, context) {
    const lists = resolveLists(asked, context);
    const question = `caller in ${asked.join(' or ')}`;
    const no = answer(question, false);
    const none = noNumberAnswers(question);
    return ({ caller, now }) => {
      if (caller.number === null) return none[caller.reason ?? 'unavailable'];
      for (const list of lists) {
        const row = list.find(caller.number, now);
        if (row) return listedAnswer({ list: list.id, name: row.name });
      }
      return no;
    };
  },
});

function listedAnswer(listed: Listed) {
  return answer(`caller in ${listed.list}`, true, listed);
}
