import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SortedNumbers } from '../../src/numbers/sorted-numbers.ts';

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
        const index = SortedNumbers.of(Float64Array.from(numbers));
        expect([...index.values()]).toEqual([...sorted]);
        for (const [rank, number] of sorted.entries()) expect(index.position(number)).toBe(rank);
        for (const number of others)
          expect(index.position(number)).toBe(sorted.includes(number) ? sorted.indexOf(number) : -1);
        expect(index.position(Number.NaN)).toBe(-1);
      },
    ),
  );
});

it('a million numbers of North America take less than 4.3 bytes each, and one far away costs a megabyte at most', () => {
  const numbers = Float64Array.from({ length: 1_000_000 }, (_, i) => 12_000_000_000 + i * 7_919);
  const bytes = ({ parts }: SortedNumbers) => parts.starts.byteLength + parts.lows.byteLength;
  expect(bytes(SortedNumbers.of(numbers))).toBeLessThan(4_300_000);
  const spread = SortedNumbers.of(Float64Array.from([...numbers, 999_999_999_999_999]));
  expect(bytes(spread)).toBeLessThan(5_000_000);
  expect(spread.position(12_000_000_000 + 7_919 * 500)).toBe(500);
  expect(spread.position(999_999_999_999_999)).toBe(1_000_000);
});
