import { oneOrMore } from '../schema-words.ts';
import { defineCondition, yesNoTest } from './condition.ts';
import { listName, resolveLists } from './list-name.ts';

/** `called: { in: departments }`: the number that was dialled stands in one of the lists. */
export const calledInList = defineCondition({
  path: ['called', 'in'],
  schema: oneOrMore(listName),
  compile(asked, context) {
    const lists = resolveLists(asked, context);
    return yesNoTest(`called number in ${asked.join(' or ')}`, ({ called, now }) => {
      const { number } = called;
      return number !== null && lists.some((list) => list.find(number, now) !== null);
    });
  },
});
