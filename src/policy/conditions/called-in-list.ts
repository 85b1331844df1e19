import { oneOrMore } from '../schema-words.ts';
import { rememberLast, yesNoTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { listName, resolveLists } from './list-name.ts';
import { anyOf, is } from './logic.ts';

/** `called: { in: departments }`: the number that was dialled stands in one of the lists. */
export const calledInList = defineCondition({
  path: ['called', 'in'],
  schema: oneOrMore(listName),
  about: 'The number that was dialled stands in one of these lists, in a row that has not expired.',
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
