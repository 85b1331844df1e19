import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { expect, it } from 'vitest';
import { CanonicalNumbers } from '../../src/numbers/canonical-number.ts';
import { type Region, toE164 } from '../../src/numbers/phone-number.ts';

const regions: readonly Region[] = ['US', 'GB', 'BS', 'DE'];
const readers = new Map(regions.map((region) => [region, new CanonicalNumbers(region)]));

function quickly(text: string, region: Region): number {
  return readers.get(region)?.read(text) ?? Number.NaN;
}

/** What is read quickly must be what the library reads; what is not is left to the library. */
function agrees(text: string, region: Region): void {
  const number = quickly(text, region);
  if (!Number.isNaN(number))
    expect([text, region, toE164(text, region)]).toEqual([text, region, `+${number}`]);
}

it('whatever digits and separators come', () => {
  const separator = fc.constantFrom('', '', '', '', ' ', '-', '.', '(', ')', ') ', '/', '..');
  const cell = fc
    .tuple(
      fc.constantFrom('', '+', '+1', '1', '(', '+1 (', '0', '00', '+44', '+49', '+54 9 '),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), separator), { minLength: 6, maxLength: 16 }),
    )
    .map(([begin, rest]) => begin + rest.map(([digit, after]) => `${digit}${after}`).join(''));
  fc.assert(
    fc.property(cell, fc.constantFrom(...regions), (text, region) => agrees(text, region)),
    { numRuns: 5000 },
  );
});

it('numbers of every country, near its own examples', () => {
  const near = fc.tuple(
    fc.constantFrom(...getCountries()),
    fc.integer({ min: 2, max: 9 }),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 15, maxLength: 15 }),
    fc.constantFrom(...regions),
  );
  fc.assert(
    fc.property(near, ([country, kept, digits, region]) => {
      const example = getExampleNumber(country, examples)?.number.slice(1) ?? '13175550123';
      const number = example.slice(0, kept) + digits.slice(0, example.length - kept).join('');
      agrees(`+${number}`, region);
      agrees(number, region);
    }),
    { numRuns: 5000 },
  );
});

it.each(['+491(0)000000', '+49 (0)30 123456', '+44 (0)20 7946 0018', '+1 (1)317 555 0123'])(
  '%s is for the library',
  (text) => {
    expect(regions.map((region) => quickly(text, region))).toEqual(regions.map(() => Number.NaN));
  },
);

it.each([
  ['+13175550123', 13175550123],
  ['(317) 555-0123', 13175550123],
  ['317.555.0123', 13175550123],
  ['1 317 555 0123', 13175550123],
  ['+442079460018', 442079460018],
])('%s without the library', (text, number) => {
  expect(quickly(text, 'US')).toBe(number);
});
