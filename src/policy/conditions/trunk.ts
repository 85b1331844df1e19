import { yesNoTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { anyOf, is } from '../logic/logic.ts';
import { oneOrMore, text } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

/** `trunk: carrier-a`: the carrier link on which the call arrived, by its endpoint name. */
export const trunk = defineCondition({
  path: ['trunk'],
  schema: oneOrMore(text('the trunk', /^.{1,80}$/, 'write the name of a PJSIP endpoint')),
  about: 'The carrier link on which the call arrived, by the name of its PJSIP endpoint.',
  example: 'trunk: [carrier-a, carrier-b]',
  compile(asked) {
    const names = new Set(asked);
    return ask(
      yesNoTest(`trunk is ${asked.join(' or ')}`, (facts) => names.has(facts.trunk)),
      anyOf(asked.map((name) => is({ about: 'trunk', name }))),
    );
  },
});
