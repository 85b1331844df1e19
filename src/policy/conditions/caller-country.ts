import { numberTraits } from '../number-traits.ts';
import { isRegion } from '../phone-number.ts';
import { oneOrMore, text } from '../schema-words.ts';
import { callerNumberTest, defineCondition } from './condition.ts';

const remedy = 'write a two-letter country code (ISO 3166): US, MX, GB';

/** `caller: { country: [US, CA] }`: the country that the caller number belongs to. */
export const callerCountry = defineCondition({
  path: ['caller', 'country'],
  schema: oneOrMore(text('the country', /^[A-Z]{2}$/, remedy)),
  compile(asked, context) {
    asked.forEach((country, index) => {
      if (!isRegion(country))
        context.refuse([index], `"${country}" has no numbering plan`, remedy, 'unknown-country');
    });
    const countries = new Set(asked);
    return callerNumberTest(`caller country is ${asked.join(' or ')}`, (number) => {
      const country = numberTraits(number)?.country;
      return country != null && countries.has(country);
    });
  },
});
