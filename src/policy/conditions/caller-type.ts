import { numberTraits } from '../number-traits.ts';
import { numberTypes } from '../number-type.ts';
import { oneOrMore, word } from '../schema-words.ts';
import { callerNumberTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';

/** `caller: { type: toll-free }`: what kind of number its numbering plan says it is. */
export const callerType = defineCondition({
  path: ['caller', 'type'],
  schema: oneOrMore(word('the number type', numberTypes)),
  about: 'What kind of number the caller number is, by its numbering plan.',
  example: 'caller: { type: [toll-free, premium-rate] }',
  compile(asked) {
    return ask(
      callerNumberTest(`caller number is ${asked.join(' or ')}`, (number) => {
        const type = numberTraits(number)?.type;
        return type != null && asked.includes(type);
      }),
      anyOf(asked.map((type) => is({ about: 'caller-type', type }))),
    );
  },
});
