import { defaultMinComplaints, formatByName, type ListSource } from './list-source.ts';
import { ListReader } from './lists/list-reader.ts';
import { PackedList } from './lists/packed-list.ts';
import type { Region } from './phone-number.ts';
import type { Problem } from './problem.ts';

export type { ListRow, NumberList } from './lists/number-list.ts';

/**
 * Text to list, in one go: for files that are in memory already. A bad row is named by file and line and skipped; a file
 * that cannot be read is an error. Never throws.
 */
export function compileList(
  source: ListSource,
  region: Region,
): { readonly list: PackedList; readonly problems: readonly Problem[] } {
  const { id, file, columns } = source;
  const format = source.format ?? formatByName(file);
  const reader = new ListReader(
    { format, columns, minComplaints: source.minComplaints ?? defaultMinComplaints },
    region,
  );
  reader.push(new TextEncoder().encode(source.text));
  const list = new PackedList(id, reader.end().image);
  return { list, problems: list.problems.map((problem) => ({ ...problem, file })) };
}
