import { getCountryCallingCode } from 'libphonenumber-js/max';
import { oneOrMore, text } from '../schema-words.ts';
import { callerNumberTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';

/**
 * `caller: { region: 317 }`: the area code, as first digits of the national number, within the numbering plan of the
 * default region. Elsewhere a prefix says it: `number: "+4420*"`.
 */
export const callerRegion = defineCondition({
  path: ['caller', 'region'],
  schema: oneOrMore(
    text('the area code', /^[1-9]\d{0,5}$/, 'write the digits of an area code without a leading 0: 317'),
  ),
  about: 'The area code of the caller number, within the numbering plan of the default region.',
  example: 'caller: { region: [317, 463] }',
  compile(asked, context) {
    const callingCode = getCountryCallingCode(context.defaultRegion);
    const prefixes = asked.map((code) => `+${callingCode}${code}`);
    return ask(
      callerNumberTest(`caller area code is ${asked.join(' or ')}`, (number) =>
        prefixes.some((prefix) => number.startsWith(prefix)),
      ),
      anyOf(prefixes.map((prefix) => is({ about: 'caller-pattern', pattern: { kind: 'prefix', prefix } }))),
    );
  },
});
