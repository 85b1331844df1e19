import { callerNumberTest, defineCondition } from './condition.ts';
import { compilePatterns, numberPatterns } from './number-patterns.ts';

/** `caller: { number: "+1317555*" }`: the caller number is one of these, or in a prefix or range. */
export const callerNumber = defineCondition({
  path: ['caller', 'number'],
  schema: numberPatterns,
  compile(asked, context) {
    const numbers = compilePatterns(asked, context);
    return callerNumberTest(
      `caller number is ${asked.join(' or ')}`,
      (number) => numbers.find(number) !== undefined,
    );
  },
});
