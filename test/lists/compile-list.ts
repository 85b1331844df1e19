import { PackedList } from '../../src/lists/held/packed-list.ts';
import { readList } from '../../src/lists/read-list.ts';
import type { FormatOptions } from '../../src/lists/readers/list-format.ts';
import { formatByName, type ListFormatName } from '../../src/lists/readers/registry.ts';
import type { Region } from '../../src/numbers/phone-number.ts';
import type { Problem } from '../../src/policy/problem.ts';
import { ruleDefaults } from '../../src/policy/rule-defaults.ts';

interface ListText extends Partial<FormatOptions> {
  readonly id: string;
  readonly file: string;
  readonly text: string;
  readonly format?: ListFormatName;
}

/** A list of this text, without a file. */
export function compileList(
  {
    id,
    file,
    text,
    format = formatByName(file),
    columns = {},
    minComplaints = ruleDefaults.minComplaints,
  }: ListText,
  region: Region,
): { readonly list: PackedList; readonly problems: readonly Problem[] } {
  const { image } = readList([new TextEncoder().encode(text)], { format, columns, minComplaints }, region);
  const list = new PackedList(id, image);
  return { list, problems: list.problems.map((problem) => ({ ...problem, file })) };
}
