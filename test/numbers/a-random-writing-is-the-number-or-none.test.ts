import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Region, toE164 } from '../../src/numbers/read-number.ts';

interface Known {
  readonly region: Region;
  readonly code: string;
  readonly trunk: string;
  readonly national: string;
}

const digits = (count: number) => fc.stringMatching(new RegExp(`^\\d{${count}}$`));
const known: fc.Arbitrary<Known> = fc.oneof(
  fc.tuple(fc.constantFrom('317', '212', '416', '305', '737'), digits(2)).map(([area, last]) => ({
    region: 'US' as const,
    code: '1',
    trunk: '1',
    national: `${area}55501${last}`,
  })),
  digits(3).map((last) => ({ region: 'GB' as const, code: '44', trunk: '0', national: `2079460${last}` })),
  digits(7).map((rest) => ({ region: 'DE' as const, code: '49', trunk: '0', national: `171${rest}` })),
  digits(6).map((rest) => ({ region: 'FR' as const, code: '33', trunk: '0', national: `639${rest}` })),
  digits(6).map((rest) => ({ region: 'IT' as const, code: '39', trunk: '', national: `06${`69${rest}`}` })),
  digits(6).map((rest) => ({ region: 'ES' as const, code: '34', trunk: '', national: `612${rest}` })),
);
const separator = fc.constantFrom(
  '',
  '',
  '',
  ' ',
  '-',
  '.',
  '\u00A0',
  '\u2011',
  ' - ',
  ') ',
  '/',
  '\u200E',
  ',',
  '%20',
);
const before = fc.constantFrom(
  '',
  '',
  '',
  "'",
  '\u202D',
  'tel:',
  '9',
  '9-',
  '0',
  '(',
  'Tel. ',
  '\uFEFF',
  '*67',
  '=',
);
const after = fc.constantFrom(
  '',
  '',
  '',
  '\u202C',
  ' ',
  '.0',
  ',0',
  '.00',
  'E+09',
  ' x12',
  ';ext=3',
  ';npdi',
  ' / 3175550199',
  '-99',
  '..99',
  ' (home)',
  ';',
);
const writing = fc.record({
  number: known,
  form: fc.nat(5),
  separators: fc.array(separator, { minLength: 16, maxLength: 16 }),
  before,
  after,
});

it('100,000 random writings of 10,000 known numbers are the true number or refused', {
  timeout: 120_000,
}, () => {
  const numbers = fc.sample(known, { numRuns: 10_000, seed: 10 });
  const writings = fc.sample(writing, { numRuns: 100_000, seed: 11 });
  let refused = 0;
  const wrong: unknown[] = [];
  writings.forEach((way, i) => {
    const { region, code, trunk, national } = numbers[i % numbers.length] as Known;
    const idd = region === 'US' ? '011' : '00';
    const forms = [
      `+${code}${national}`,
      `${code}${national}`,
      `${trunk}${national}`,
      `${idd}${code}${national}`,
      `00${code}${national}`,
      national,
    ];
    const form = forms[way.form] as string;
    // Part of the way only, else nearly all are refused.
    const spread =
      i % 3 === 0
        ? form
        : Array.from(form, (c, at) => c + (at % 3 === i % 3 ? way.separators[at % 16] : '')).join('');
    const text = (i % 2 ? way.before : '') + spread + (i % 5 < 2 ? way.after : '');
    const read = toE164(text, region);
    if (read === null) refused++;
    else if (read !== `+${code}${national}`) wrong.push([text, region, read]);
  });
  console.info(`${refused} of ${writings.length} random writings are refused`);
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(refused).toBeLessThan(75_000);
});
