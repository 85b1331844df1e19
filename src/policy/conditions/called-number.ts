import { yesNoTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';
import { compilePatterns, numberPatterns } from './number-patterns.ts';

/** `called: { number: "+13175550100" }`: the number that was dialled is one of these, or in a prefix or range. */
export const calledNumber = defineCondition({
  path: ['called', 'number'],
  schema: numberPatterns,
  about: 'The number that was dialled is one of these, or lies in a prefix or a range.',
  example: 'called: { number: "+13175550100" }',
  compile(asked, context) {
    const { patterns, numbers } = compilePatterns(asked, context);
    return ask(
      yesNoTest(
        `called number is ${asked.join(' or ')}`,
        ({ called }) => called.number !== null && numbers.find(called.number) !== undefined,
      ),
      anyOf(patterns.map((pattern) => is({ about: 'called-pattern', pattern }))),
    );
  },
});
