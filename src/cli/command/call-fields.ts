import { InvalidArgumentError } from 'commander';
import type { CallRecord } from '../../call/call-records.ts';
import type { NameOf } from '../../call/called-name.ts';
import { callCsv, callCsvHead } from '../../privacy/call-csv.ts';
import { type NumbersShown, namedRecord } from '../../privacy/shown-record.ts';

/** A column of `--csv`. */
export type CallFieldName = string;

/** Reads `time,caller,where`. */
export function callFields(text: string): readonly CallFieldName[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !callCsvHead.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`No such field; write ${callCsvHead.join(',')}.`);
  return names;
}

/** `fields` true: the whole record. */
export function jsonOf(
  record: CallRecord,
  fields: true | readonly CallFieldName[],
  numbers: NumbersShown,
  nameOf: NameOf,
): object {
  if (fields === true) return namedRecord(record, numbers, nameOf);
  const cells = callCsv(record, numbers, nameOf);
  return Object.fromEntries(fields.map((name) => [name, cells[callCsvHead.indexOf(name)] ?? null]));
}
