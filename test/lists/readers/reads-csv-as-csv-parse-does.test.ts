import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvRows } from '../../../src/lists/readers/csv.ts';
import { FileFault } from '../../../src/lists/readers/list-format.ts';

interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Reads in pieces of `size` bytes, the columns a, b and c. */
function read(text: string, size = 1 << 20): { readonly rows: Row[]; readonly failed: string | null } {
  const rows: Row[] = [];
  const bytes = new TextEncoder().encode(text);
  const pieces = function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  };
  try {
    for (const { line, number, b, c } of csvRows(pieces(), { number: 'a', b: 'b', c: 'c' }))
      rows.push({ line, cells: [number, b, c] });
    return { rows, failed: null };
  } catch (error) {
    if (!(error instanceof FileFault)) throw error;
    return { rows, failed: `${error.line} ${error.code} ${error.message}` };
  }
}

it('plain, quoted, doubled, broken over lines, stray quotes, comments, and a header alone', () => {
  const text =
    '\uFEFFa,b,c\n1,2,3\r\n"4","5, 6",7\n# note, "x\n"8 ""9""","10\n11",12\n\n13,14" pipe,15\n,,\n16\n';
  expect(read(text)).toEqual({
    failed: null,
    rows: [
      { line: 2, cells: ['1', '2', '3'] },
      { line: 3, cells: ['4', '5, 6', '7'] },
      { line: 5, cells: ['8 "9"', '10\n11', '12'] },
      { line: 8, cells: ['13', '14" pipe', '15'] },
      { line: 9, cells: ['', '', ''] },
      { line: 10, cells: ['16', '', ''] },
    ],
  });
  for (const size of [1, 2, 7]) expect(read(text, size)).toEqual(read(text));
  expect(read('a,b,c').rows).toEqual([]);
});

it('semicolons and tabs between the columns, and lines that end in a lone return', () => {
  expect(read('a;b;c\n1;2,5;3\n').rows).toEqual([{ line: 2, cells: ['1', '2,5', '3'] }]);
  expect(read('a\tb\tc\n1\t2\t3\n').rows).toEqual([{ line: 2, cells: ['1', '2', '3'] }]);
  expect(read('a,b,c\r1,2,3\r4,5,6').rows.map(({ line }) => line)).toEqual([2, 3]);
});

it('an open quote is named by the line where it opened, however much follows', () => {
  expect(read(`a,b,c\n1,2,3\n4,"5,6\n${'7,8,9\n'.repeat(20_000)}`).failed).toMatch(/^3 csv-syntax /);
  expect(read('a,b,c\n4,"5,6\n').failed).toMatch(/^2 csv-syntax /);
});

it('the same cells as csv-parse for any text but for blanks at their ends, in pieces of any size', () => {
  const piece = fc.constantFrom('1', 'x', ' ', ',', ',', '\n', '"', '""', ',"', '",', '"\n', 'é', '\r\n');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const text = `a,b,c\n${pieces.join('')}`;
      let wanted: string[][] | null = null;
      try {
        wanted = parse(text, {
          relax_column_count: true,
          relax_quotes: true,
          skip_empty_lines: true,
          trim: true,
          record_delimiter: ['\n', '\r\n'],
        }) as string[][];
      } catch {
        // Refused by csv-parse: ours may read what is above, or refuse as well.
      }
      const { rows, failed } = read(text, size);
      if (wanted === null) return;
      expect([failed, rows.map(({ cells }) => cells)]).toEqual([
        null,
        wanted.slice(1).map((cells) => [0, 1, 2].map((k) => (cells[k] ?? '').trim())),
      ]);
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['cells', ','],
  ['blanks', ' '],
  ['quotes', '"'],
  ['letters', 'x'],
])('a line of %s without an end is a fault, found after a few pieces', (_, byte) => {
  let pieces = 0;
  const file = function* () {
    yield Buffer.from('number\n# a comment\n');
    for (; pieces < 1000; pieces++) yield Buffer.from(byte.repeat(64 * 1024));
  };
  expect(() => [...csvRows(file(), { number: 'number' })]).toThrow(
    expect.objectContaining({ code: 'csv-syntax', line: 3 }),
  );
  expect(pieces).toBeLessThan(5);
});

it('lines are counted through comments, empty lines, and breaks in quotes of either kind', () => {
  const text = 'a,b\r\n# x\r\n\r\n1,"2\r\n3"\r\n4,"5\n6"\r\n7,8\r\n';
  expect(read(text).rows.map(({ line }) => line)).toEqual([4, 6, 8]);
});
