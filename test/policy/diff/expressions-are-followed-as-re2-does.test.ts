import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { ExpressionProgram, type Standing } from '../../../src/policy/diff/call/expression-program.ts';
import { isContained, textWitness } from '../../../src/policy/diff/call/text-witness.ts';

const pieces = [
  'a',
  'B',
  'k',
  's',
  '[0-9]',
  '[^b]',
  '.',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\d',
  '\\w',
  '\\s',
  'é',
  '(?s:.)',
  '\\x{212a}',
];
const expressions = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '|')), {
    minLength: 1,
    maxLength: 5,
  })
  .map((some) =>
    some.map(([piece, times]) => (/^(\\[bB]|\^|\$)$/.test(piece) ? piece : piece + times)).join(''),
  );
const texts = fc.string({ unit: fc.constantFrom(...'aAbBkKsS09 -\n\u212a\u017fé'), maxLength: 8 });

function matches(program: ExpressionProgram, text: string): boolean {
  let standing: Standing = program.begun;
  let before: number | null = null;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    standing = program.after(standing, before, code);
    before = code;
  }
  return program.after(standing, before, null).matched;
}

it('a program finds a match exactly where RE2 does', () => {
  let followed = 0;
  fc.assert(
    fc.property(expressions, fc.array(texts, { minLength: 20, maxLength: 20 }), (source, some) => {
      const program = ExpressionProgram.of(source);
      if (program === null) return;
      followed++;
      const compiled = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
      for (const text of some)
        expect([source, text, matches(program, text)]).toEqual([source, text, compiled.test(text)]);
    }),
    { numRuns: 1500 },
  );
  expect(followed).toBeGreaterThan(800);
});

it('what is called contained is contained, and a text shows what is not', () => {
  const seen = { contained: 0, not: 0 };
  fc.assert(
    fc.property(
      expressions,
      expressions,
      fc.array(texts, { minLength: 30, maxLength: 30 }),
      (inner, outer, some) => {
        const contained = isContained(inner, outer);
        const [one, other] = [inner, outer].map((source) => {
          try {
            return RE2JS.compile(source, RE2JS.CASE_INSENSITIVE);
          } catch {
            return null;
          }
        });
        if (!one || !other) return;
        if (contained === true) {
          seen.contained++;
          for (const text of some)
            if (one.test(text)) expect([inner, outer, other.test(text)]).toEqual([inner, outer, true]);
        }
        if (contained === false) seen.not++;
      },
    ),
    { numRuns: 600 },
  );
  expect(seen.contained).toBeGreaterThan(20);
  expect(seen.not).toBeGreaterThan(100);
});

it.each([
  ['^v[0-9]{8,}', '^v[0-9]{5,}', true],
  ['^v[0-9]{5,}', '^v[0-9]{8,}', false],
  ['warranty', 'warranty|refund', true],
  ['refund', 'warranty', false],
  ['\\bbank\\b', 'bank', true],
  ['bank', '\\bbank\\b', false],
])('%s within %s: %s', (inner, outer, wanted) => {
  expect(isContained(inner, outer)).toBe(wanted);
});

it('a name of which all is true that is wanted', () => {
  const name = textWitness(
    [
      { asked: { matches: ['^v[0-9]{3,}'] }, holds: true },
      { asked: { contains: ['final notice'] }, holds: true },
      { asked: { matches: ['^v[0-9]{5}'] }, holds: false },
      { asked: { equals: ['v000final notice'] }, holds: false },
    ],
    'Jo Caller',
  );
  expect(name).toMatch(/^v[0-9]{3,4}final notice$/i);
  expect(
    textWitness(
      [
        { asked: { matches: ['a'] }, holds: true },
        { asked: { contains: ['a'] }, holds: false },
      ],
      'Jo',
    ),
  ).toBeNull();
});
