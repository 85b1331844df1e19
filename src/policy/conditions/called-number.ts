import { defineCondition, yesNoTest } from './condition.ts';
import { compilePatterns, numberPatterns } from './number-patterns.ts';

/** `called: { number: "+13175550100" }`: the number that was dialled is one of these, or in a prefix or range. */
export const calledNumber = defineCondition({
  path: ['called', 'number'],
  schema: numberPatterns,
  compile(asked, context) {
    const numbers = compilePatterns(asked, context);
    return yesNoTest(
      `called number is ${asked.join(' or ')}`,
      ({ called }) => called.number !== null && numbers.find(called.number) !== undefined,
    );
  },
});
