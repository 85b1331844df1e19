import { getCountryCallingCode } from 'libphonenumber-js/max';
import { numberTraits, numberTypes } from '../../numbers/number-traits.ts';
import { isRegion, type Region } from '../../numbers/phone-number.ts';
import { callerNumberTest } from '../logic/answer.ts';
import { ask } from '../logic/formula.ts';
import { allOf, anyOf, is, type Logic, noCountry, notOf } from '../logic/logic.ts';
import { oneOrMore, text, word, yesOrNo } from '../yaml/schema-words.ts';
import { defineCondition } from './condition.ts';

const remedy = 'write a two-letter country code (ISO 3166): US, MX, GB';

/** `caller: { country: [US, CA] }`, `{ country: ours }`: the country that the caller number belongs to. */
export const callerCountry = defineCondition({
  path: ['caller', 'country'],
  schema: oneOrMore(text('the country', /^([A-Z]{2}|ours)$/, `${remedy}; or ours`)),
  about:
    'The caller number belongs to one of these countries (ISO 3166). ours: those of the settings (our-countries), with numbers under their calling codes of which no country is known, and North American toll-free numbers.',
  example: 'caller: { country: [US, CA] }',
  compile(asked, context) {
    const known = asked.flatMap((country, index) => {
      if (country === 'ours') return context.ourCountries;
      if (isRegion(country)) return [country];
      context.refuse([index], `"${country}" has no numbering plan`, remedy, 'unknown-country');
      return [];
    });
    const logic = known.map(ofCountry);
    const ourCodes = new Set<string>(
      asked.includes('ours') ? context.ourCountries.map((one) => getCountryCallingCode(one)) : [],
    );
    for (const callingCode of ourCodes)
      logic.push(is({ about: 'caller-country', country: noCountry, callingCode }));
    const isAmerican = ourCodes.has('1');
    // The tables put them down to the United States; they are dialed and held in the whole numbering plan.
    if (isAmerican) logic.push(allOf([ofCountry('US'), is({ about: 'caller-type', type: 'toll-free' })]));
    const countries = new Set<string>(known);
    return ask(
      callerNumberTest(`caller country is ${asked.join(' or ')}`, (number) => {
        const traits = numberTraits(number);
        if (traits === null) return false;
        const { country, callingCode, type } = traits;
        if (country === null) return ourCodes.has(callingCode);
        return countries.has(country) || (isAmerican && country === 'US' && type === 'toll-free');
      }),
      anyOf(logic),
    );
  },
});

function ofCountry(country: Region): Logic {
  return is({ about: 'caller-country', country, callingCode: getCountryCallingCode(country) });
}

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
    for (const [index, code] of asked.entries())
      if (callingCode === '1' && !/^[2-9](?!11)\d\d$/.test(code))
        context.refuse(
          [index],
          `${code} is no area code: in North America they have three digits and begin with 2 to 9`,
          'write the three digits: 317; for first digits of another length, write number: "+1317*"',
          'bad-area-code',
        );
    const prefixes = asked.map((code) => `+${callingCode}${code}`);
    return ask(
      callerNumberTest(`caller area code is ${asked.join(' or ')}`, (number) =>
        prefixes.some((prefix) => number.startsWith(prefix)),
      ),
      anyOf(prefixes.map((prefix) => is({ about: 'caller-pattern', pattern: { kind: 'prefix', prefix } }))),
    );
  },
});

/** `caller: { type: toll-free }`: what kind of number its numbering plan says it is. */
export const callerType = defineCondition({
  path: ['caller', 'type'],
  schema: oneOrMore(word('the number type', numberTypes)),
  about: 'What kind of number the caller number is, by its numbering plan.',
  example: 'caller: { type: [toll-free, premium-rate] }',
  compile(asked) {
    return ask(
      callerNumberTest(`caller number is ${asked.join(' or ')}`, (number) => {
        const type = numberTraits(number)?.type;
        return type != null && asked.includes(type);
      }),
      anyOf(asked.map((type) => is({ about: 'caller-type', type }))),
    );
  },
});

const valid = is({ about: 'caller-valid' });

/** Where no number is, none is in use and none is out of use: both answers are no. */
const invalid = allOf([is({ about: 'caller-number' }), notOf(valid)]);

/** `caller: { valid: false }`: a number, but in a range that its numbering plan gave to nobody. */
export const callerValid = defineCondition({
  path: ['caller', 'valid'],
  schema: yesOrNo('valid'),
  about: 'Whether the caller number lies in a range that its numbering plan gave to somebody.',
  example: 'caller: { valid: false }',
  compile(asked) {
    const test = callerNumberTest(
      `caller number is ${asked ? 'in use' : 'in no range that is in use'}`,
      (number) => (numberTraits(number)?.valid ?? false) === asked,
    );
    return ask(test, asked ? valid : invalid);
  },
});
