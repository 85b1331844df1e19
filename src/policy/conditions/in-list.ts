import { listedNumber } from '../../call/facts.ts';
import { wordRemedy } from '../../text/spelling.ts';
import { answer, type Listed, noNumberAnswers, rememberLast, type Test, yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is } from '../logic/logic.ts';
import type { NumberList } from '../number-list.ts';
import { oneOrMore, text } from '../yaml/schema-words.ts';
import { type CompileContext, defineCondition } from './condition.ts';

export const listName = text(
  'the list',
  /^[a-z][a-z0-9-]{0,47}$/,
  'write the name of a list: small letters, digits and hyphens',
);

/** The lists of these names; a name that no list has is refused. */
function resolveLists(names: readonly string[], context: CompileContext): readonly NumberList[] {
  return names.flatMap((name, index) => {
    const list = context.lists.get(name);
    if (list) return [list];
    const remedy = `${wordRemedy(name, [...context.lists.keys()], 'lists')}; lists are declared under lists:`;
    context.refuse([index], `there is no list "${name}"`, remedy, 'unknown-list');
    return [];
  });
}

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
      const number = listedNumber(caller);
      if (number === null) return none[caller.reason ?? 'unavailable'];
      for (const list of lists) {
        const row = list.find(number, now);
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

/** `called: { in: departments }`: the number that was dialed stands in one of the lists. */
export const calledInList = defineCondition({
  path: ['called', 'in'],
  schema: oneOrMore(listName),
  about: 'The number that was dialed stands in one of these lists, in a row that has not expired.',
  example: 'called: { in: departments }',
  compile(asked, context) {
    const lists = resolveLists(asked, context);
    const test = yesNoTest(`called number in ${asked.join(' or ')}`, ({ called, now }) => {
      const { number } = called;
      return number !== null && lists.some((list) => list.find(number, now) !== null);
    });
    return ask(rememberLast(test), anyOf(asked.map((list) => is({ about: 'called-list', list }))));
  },
});
