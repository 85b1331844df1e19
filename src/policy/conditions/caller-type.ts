import { numberTraits, numberTypes } from '../number-traits.ts';
import { oneOrMore, word } from '../schema-words.ts';
import { callerNumberTest, defineCondition } from './condition.ts';

/** `caller: { type: toll-free }`: what kind of number its numbering plan says it is. */
export const callerType = defineCondition({
  path: ['caller', 'type'],
  schema: oneOrMore(word('the number type', numberTypes)),
  compile(asked) {
    return callerNumberTest(`caller number is ${asked.join(' or ')}`, (number) => {
      const type = numberTraits(number)?.type;
      return type != null && asked.includes(type);
    });
  },
});
