import fc from 'fast-check';
import { getCountries, getCountryCallingCode, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, it } from 'vitest';
import { traitsByPlan } from '../../src/policy/number-plans.ts';
import { numberTraits, traitsByLibrary } from '../../src/policy/number-traits.ts';

const countries = getCountries();
const national = fc.stringMatching(/^\d{2,13}$/);

it('says the same of random numbers of every country', () => {
  let quick = 0;
  let all = 0;
  fc.assert(
    fc.property(fc.constantFrom(...countries), national, (country, digits) => {
      const number = `+${getCountryCallingCode(country)}${digits}`;
      const found = traitsByPlan(number);
      all++;
      if (found === undefined) return;
      quick++;
      expect([number, found]).toEqual([number, traitsByLibrary(number)]);
    }),
    { numRuns: 6000 },
  );
  expect(quick / all).toBeGreaterThan(0.6);
});

it('says the same of North American numbers, of which nearly all are told quickly', () => {
  let quick = 0;
  fc.assert(
    fc.property(fc.stringMatching(/^[2-9]\d{9}$/), (digits) => {
      const found = traitsByPlan(`+1${digits}`);
      if (found) quick++;
      expect(numberTraits(`+1${digits}`)).toEqual(traitsByLibrary(`+1${digits}`));
    }),
    { numRuns: 3000 },
  );
  expect(quick).toBe(3000);
});

it('says the same of an example of each country and of its neighbours', () => {
  for (const country of countries) {
    const example = getExampleNumber(country, examples)?.number ?? '+13175550100';
    for (const last of '0123456789') {
      const number = example.slice(0, -1) + last;
      expect([number, numberTraits(number)]).toEqual([number, traitsByLibrary(number)]);
    }
  }
});

it.each(['+', '+1', '+999123456', '+0123456789', '+1x175550100', '+80012345678', '+88213300655', ''])(
  'says the same of %j',
  (number) => {
    expect(numberTraits(number)).toEqual(traitsByLibrary(number));
  },
);
