import { numberTraits } from '../number-traits.ts';
import { yesOrNo } from '../schema-words.ts';
import { callerNumberTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { allOf, is, notOf } from './logic.ts';

const valid = is({ about: 'caller-valid' });
/** Where no number is, none is in use and none is out of use: both answers are no. */
const invalid = allOf([is({ about: 'caller-number' }), notOf(valid)]);

/** `caller: { valid: false }`: a number, but in a range that its numbering plan gave to nobody. */
export const callerValid = defineCondition({
  path: ['caller', 'valid'],
  schema: yesOrNo('valid'),
  about: 'Whether the caller number lies in a range that its numbering plan gave to somebody.',
  example: 'caller: { valid: false }',
  compile(asked) {
    const test = callerNumberTest(
      `caller number is ${asked ? 'in use' : 'in no range that is in use'}`,
      (number) => (numberTraits(number)?.valid ?? false) === asked,
    );
    return ask(test, asked ? valid : invalid);
  },
});
