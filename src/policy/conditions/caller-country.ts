import { getCountryCallingCode } from 'libphonenumber-js/max';
import { numberTraits } from '../number-traits.ts';
import { isRegion } from '../phone-number.ts';
import { oneOrMore, text } from '../schema-words.ts';
import { callerNumberTest } from './answer.ts';
import { defineCondition } from './condition.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';

const remedy = 'write a two-letter country code (ISO 3166): US, MX, GB';

/** `caller: { country: [US, CA] }`: the country that the caller number belongs to. */
export const callerCountry = defineCondition({
  path: ['caller', 'country'],
  schema: oneOrMore(text('the country', /^[A-Z]{2}$/, remedy)),
  about: 'The caller number belongs to one of these countries (ISO 3166).',
  example: 'caller: { country: [US, CA] }',
  compile(asked, context) {
    const known = asked.flatMap((country, index) => {
      if (isRegion(country)) return [{ country, callingCode: getCountryCallingCode(country) }];
      context.refuse([index], `"${country}" has no numbering plan`, remedy, 'unknown-country');
      return [];
    });
    const countries = new Set<string>(asked);
    return ask(
      callerNumberTest(`caller country is ${asked.join(' or ')}`, (number) => {
        const country = numberTraits(number)?.country;
        return country != null && countries.has(country);
      }),
      anyOf(known.map((one) => is({ about: 'caller-country', ...one }))),
    );
  },
});
