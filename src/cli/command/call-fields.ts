import type { CallRecord } from '../../call/call-records.ts';
import type { NameOf } from '../../call/called-name.ts';
import { callCsv, callCsvHead } from '../../privacy/call-csv.ts';
import { type NumbersShown, namedRecord } from '../../privacy/shown-record.ts';
import { type JsonFields, picked } from './json-option.ts';

/** Columns of `--csv`. */
export const callFields = callCsvHead.map(String);

/** `fields` true: the whole record. */
export function jsonOf(
  record: CallRecord,
  fields: JsonFields,
  numbers: NumbersShown,
  nameOf: NameOf,
): object {
  if (fields === true) return namedRecord(record, numbers, nameOf);
  const cells = callCsv(record, numbers, nameOf);
  return picked(Object.fromEntries(callFields.map((name, at) => [name, cells[at]])), fields);
}
