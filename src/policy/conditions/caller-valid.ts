import { numberTraits } from '../number-traits.ts';
import { yesOrNo } from '../schema-words.ts';
import { callerNumberTest, defineCondition } from './condition.ts';

/** `caller: { valid: false }`: a number, but in a range that its numbering plan gave to nobody. */
export const callerValid = defineCondition({
  path: ['caller', 'valid'],
  schema: yesOrNo('valid'),
  compile(asked) {
    return callerNumberTest(
      `caller number is ${asked ? 'in use' : 'in no range that is in use'}`,
      (number) => (numberTraits(number)?.valid ?? false) === asked,
    );
  },
});
