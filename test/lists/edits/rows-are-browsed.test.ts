import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PackedList } from '../../../src/lists/held/packed-list.ts';
import { readList } from '../../../src/lists/read-list.ts';
import { SortedNumbers } from '../../../src/numbers/sorted-numbers.ts';
import { noon } from '../list-fixture.ts';

const reading = { format: 'csv', columns: {}, minComplaints: 3 } as const;
const list = new PackedList(
  'list',
  readList(
    [
      Buffer.from(
        'number,name,expires,note\n+1463555015*,Example Insurance,,block\n+1 463 555 0182,Vendor,,\n+44 20 7946 0018,London Office,,\n911,911,,\n+1 317 555 0140,Acme Medical,2026-01-01,referrals\n',
      ),
    ],
    reading,
    'US',
  ).image,
);

it('a number has its rank, and a rank its number', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 2 ** 40 })),
      fc.integer({ min: 0, max: 2 ** 40 }),
      (all, any) => {
        const sorted = [...new Set(all)].sort((a, b) => a - b);
        const numbers = SortedNumbers.of(Float64Array.from(all));
        expect(sorted.map((_, rank) => numbers.at(rank))).toEqual(sorted);
        expect([numbers.at(-1), numbers.at(sorted.length)]).toEqual([Number.NaN, Number.NaN]);
        const from = sorted.findIndex((one) => one >= any);
        expect(numbers.rankFrom(any)).toBe(from < 0 ? sorted.length : from);
      },
    ),
  );
});

it('rows are read from any place on: prefixes and ranges, then numbers, rising', () => {
  const all = list.entries(0, 10, noon).map(({ pattern }) => pattern);
  expect(all).toEqual(['+1463555015*', '911', '+13175550140', '+14635550182', '+442079460018']);
  for (let from = 0; from < 6; from++)
    expect(list.entries(from, 2, noon).map(({ pattern }) => pattern)).toEqual(all.slice(from, from + 2));
  expect(list.entries(2, 1, noon)).toEqual([
    {
      ...{ pattern: '+13175550140', kind: 'exact', line: 6, name: 'Acme Medical', note: 'referrals' },
      ...{ expiresAt: Date.UTC(2026, 0, 2), expired: true },
    },
  ]);
});

it('numbers are found by their first digits, of any length', () => {
  const found = (prefix: string, count = 10) => {
    const { all, entries } = list.beginningWith(prefix, count, noon);
    return [all, entries.map(({ pattern }) => pattern)];
  };
  expect(found('+1')).toEqual([2, ['+13175550140', '+14635550182']]);
  expect(found('+1', 1)).toEqual([2, ['+13175550140']]);
  expect(found('+44')).toEqual([1, ['+442079460018']]);
  expect(found('+442079460018')).toEqual([1, ['+442079460018']]);
  expect(found('+9')).toEqual([0, []]);
});

it('rows are found by words of name and note, and the search may be ended', () => {
  const found = (words: string, isLate = () => false, count = 10) => {
    const search = list.naming(words, count, noon, isLate);
    let step = search.next();
    while (!step.done) step = search.next();
    return step.value;
  };
  expect(found('o').entries.map(({ pattern }) => pattern)).toEqual([
    '+1463555015*',
    '+14635550182',
    '+442079460018',
  ]);
  expect(found('referr')).toMatchObject({ isWhole: true, entries: [{ pattern: '+13175550140' }] });
  expect(found('nobody')).toEqual({ isWhole: true, entries: [] });

  const rows = Array.from({ length: 2000 }, (_, n) => `+1 317 555 ${String(1000 + n)},Person ${n}`);
  const many = new PackedList(
    'many',
    readList([Buffer.from(`number,name\n${rows.join('\n')}\n`)], reading, 'US').image,
  );
  const search = many.naming('person 1999', 10, noon, () => true);
  expect(search.next()).toEqual({ done: true, value: { entries: [], isWhole: false } });
});
