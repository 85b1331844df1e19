import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberIndex } from '../../src/policy/lists/number-index.ts';
import { rankOf, rankParts } from '../../src/policy/lists/rank-bits.ts';

const e164 = fc.oneof(
  fc.integer({ min: 0, max: 999_999_999_999_999 }),
  fc.integer({ min: 12_000_000_000, max: 19_999_999_999 }),
  fc.integer({ min: 13_175_550_000, max: 13_175_559_999 }),
);

it('whatever the numbers, each has its rank and no other number has one', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(e164, { maxLength: 300 }),
      fc.array(e164, { maxLength: 50 }),
      (numbers, others) => {
        const sorted = Float64Array.from(numbers).sort();
        const index = NumberIndex.of(sorted);
        expect([...index.values()]).toEqual([...sorted]);
        for (const [rank, number] of sorted.entries()) expect(index.position(number)).toBe(rank);
        for (const number of others)
          expect(index.position(number)).toBe(sorted.includes(number) ? sorted.indexOf(number) : -1);
        expect(index.position(Number.NaN)).toBe(-1);
      },
    ),
  );
});

it('a million numbers of North America take less than three bytes each, and one far away costs little more', () => {
  const numbers = Float64Array.from({ length: 1_000_000 }, (_, i) => 12_000_000_000 + i * 7_919);
  const bytes = ({ parts }: NumberIndex) => parts.starts.byteLength + parts.lows.byteLength;
  expect(bytes(NumberIndex.of(numbers))).toBeLessThan(3_000_000);
  const spread = NumberIndex.of(Float64Array.from([...numbers, 999_999_999_999_999]));
  expect(bytes(spread)).toBeLessThan(5_000_000);
  expect(spread.position(12_000_000_000 + 7_919 * 500)).toBe(500);
  expect(spread.position(999_999_999_999_999)).toBe(1_000_000);
});

it('ranks among the things that have something', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 1200 }), (has) => {
      const parts = rankParts(has.length, (at) => has[at] === true);
      let before = 0;
      for (const [at, one] of has.entries()) expect(rankOf(parts, at)).toBe(one ? before++ : -1);
    }),
  );
});
