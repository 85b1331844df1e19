import { getCountryCallingCode } from 'libphonenumber-js/max';
import { numberTraits } from '../number-traits.ts';
import { oneOrMore, text } from '../schema-words.ts';
import { callerNumberTest, defineCondition } from './condition.ts';

/**
 * `caller: { region: 317 }`: the area code, as first digits of the national number, within the numbering plan of the
 * default region. Elsewhere a prefix says it: `number: "+4420*"`.
 */
export const callerRegion = defineCondition({
  path: ['caller', 'region'],
  schema: oneOrMore(
    text('the area code', /^[1-9]\d{0,5}$/, 'write the digits of an area code without a leading 0: 317'),
  ),
  compile(asked, context) {
    const callingCode = getCountryCallingCode(context.defaultRegion);
    return callerNumberTest(`caller area code is ${asked.join(' or ')}`, (number) => {
      const traits = numberTraits(number);
      return traits?.callingCode === callingCode && asked.some((code) => traits.national.startsWith(code));
    });
  },
});
