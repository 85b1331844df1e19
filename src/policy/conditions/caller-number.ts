import { callerNumberTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';
import { compilePatterns, numberPatterns } from './number-patterns.ts';

/** `caller: { number: "+1317555*" }`: the caller number is one of these, or in a prefix or range. */
export const callerNumber = defineCondition({
  path: ['caller', 'number'],
  schema: numberPatterns,
  about: 'The caller number is one of these, or lies in a prefix or a range.',
  example: 'caller: { number: ["+1317555*", "+13175550100..+13175550109"] }',
  compile(asked, context) {
    const { patterns, numbers } = compilePatterns(asked, context);
    return ask(
      callerNumberTest(
        `caller number is ${asked.join(' or ')}`,
        (number) => numbers.find(number) !== undefined,
      ),
      anyOf(patterns.map((pattern) => is({ about: 'caller-pattern', pattern }))),
    );
  },
});
