import { csvRecords } from './csv.ts';
import type { ListFormat } from './list-format.ts';

const first = /^(?:range )?(?:from|start|begin|first|low)\b/i;
const last = /^(?:range )?(?:to|end|last|high)\b/i;

/**
 * Numbers that no call may come from: csv with or without a header, the number, prefix or range in the first column; or the ends of ranges in
 * two columns that the header calls from and to, start and end, or first and last.
 */
export const doNotOriginate: ListFormat = {
  endings: [],
  *rows(file) {
    let begun = false;
    let ends: readonly [number, number] | null = null;
    for (const { line, cells } of csvRecords(file)) {
      const number = cells[0]?.trim() ?? '';
      const isHeader = !begun && !/\d/.test(cells.join(''));
      begun = true;
      if (isHeader) ends = endsOf(cells);
      else if (ends === null) yield { line, number };
      else yield { line, number: rangeOf(cells[ends[0]]?.trim() ?? '', cells[ends[1]]?.trim() ?? '') };
    }
  },
};

function endsOf(header: readonly string[]): readonly [number, number] | null {
  const ends = [
    header.findIndex((cell) => first.test(cell)),
    header.findIndex((cell) => last.test(cell)),
  ] as const;
  return ends.includes(-1) ? null : ends;
}

function rangeOf(from: string, to: string): string {
  return to === '' || to === from ? from : `${from}..${to}`;
}
