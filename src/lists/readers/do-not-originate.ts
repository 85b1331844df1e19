import { csvRecords } from './csv.ts';
import type { ListFormat } from './list-format.ts';

/** Numbers that no call may come from: csv with or without a header, the number in the first column. */
export const doNotOriginate: ListFormat = {
  endings: [],
  *rows(file, { read }) {
    let begun = false;
    for (const { line, cells } of csvRecords(file)) {
      const number = cells[0]?.trim() ?? '';
      const found = read(number);
      const isHeader = !begun && typeof found === 'object' && 'message' in found;
      begun = true;
      if (!isHeader) yield { line, number };
    }
  },
};
