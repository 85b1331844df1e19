import { oneOrMore, text } from '../schema-words.ts';
import { defineCondition, yesNoTest } from './condition.ts';

/** `trunk: carrier-a`: the carrier link on which the call arrived, by its endpoint name. */
export const trunk = defineCondition({
  path: ['trunk'],
  schema: oneOrMore(text('the trunk', /^.{1,80}$/, 'write the name of a PJSIP endpoint')),
  compile(asked) {
    const names = new Set(asked);
    return yesNoTest(`trunk is ${asked.join(' or ')}`, (facts) => names.has(facts.trunk));
  },
});
