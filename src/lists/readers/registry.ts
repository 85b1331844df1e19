import { astdb } from './astdb.ts';
import { csv } from './csv.ts';
import { doNotOriginate } from './do-not-originate.ts';
import { ftcComplaints } from './ftc-complaints.ts';
import type { FormatOptions, ListFormat } from './list-format.ts';
import { text } from './text.ts';
import { vcard } from './vcard.ts';

/** Every format of lists, by its name in policy.yaml. */
export const listFormats = {
  csv,
  text,
  vcard,
  astdb,
  'do-not-originate': doNotOriginate,
  'ftc-complaints': ftcComplaints,
} as const satisfies Record<string, ListFormat>;

export type ListFormatName = keyof typeof listFormats;
export const listFormatNames = Object.keys(listFormats) as [ListFormatName, ...ListFormatName[]];

/** Endings of list files in the rule directory, without their dot. */
export const listEndings = Object.values<ListFormat>(listFormats).flatMap(({ endings }) =>
  endings.map((ending) => ending.slice(1)),
);

/** How the rows of one list are read. */
export interface ListReading extends FormatOptions {
  readonly format: ListFormatName;
}

/** The format of a file with this name, when policy.yaml names none. */
export function formatByName(file: string): ListFormatName {
  const name = file.toLowerCase().replace(/\.gz$/, '');
  return (
    listFormatNames.find((format) => listFormats[format].endings.some((ending) => name.endsWith(ending))) ??
    'text'
  );
}
