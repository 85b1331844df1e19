import { nearestWord } from '../../text/spelling.ts';
import { FileFault, type ListColumns } from './list-format.ts';

/** Which cells of a row hold what; -1: the file has no such column. */
export interface CsvLayout {
  readonly numbers: readonly number[];
  /** The name is in the cells of the first of these that are not all empty. */
  readonly names: readonly (readonly number[])[];
  readonly expires: number;
  readonly note: number;
}

/** An export that is known by its columns of numbers. */
interface AddressBook {
  readonly numbers: RegExp;
  readonly names: readonly (readonly string[])[];
}

const addressBooks: readonly AddressBook[] = [
  // Google Contacts, since 2024 and before.
  {
    numbers: /^phone \d+ - value$/i,
    names: [
      ['Name'],
      ['First Name', 'Middle Name', 'Last Name'],
      ['Given Name', 'Additional Name', 'Family Name'],
      ['Organization Name'],
      ['Organization 1 - Name'],
    ],
  },
  // Outlook, and Thunderbird.
  {
    numbers:
      /^(?:(?:assistant's|business|car|company main|home|mobile|other|primary|radio|tty\/tdd|work) phone(?: 2)?|(?:business|home|other) fax|callback|(?:fax|mobile|pager) number)$/i,
    names: [['First Name', 'Middle Name', 'Last Name'], ['Display Name'], ['Company'], ['Organization']],
  },
  // FreePBX Contact Manager.
  { numbers: /^phone_\d+_number$/i, names: [['displayname'], ['fname', 'lname'], ['company']] },
];

/**
 * By the column map of the list; without one by the columns number, name, expires and note, or as an address book that is known.
 * @param header its line is `line`
 * @throws FileFault there is no column of numbers, or one of the map is missing
 */
export function layoutOf(
  header: readonly string[],
  line: number,
  { number, name, expires, note }: Partial<ListColumns>,
): CsvLayout {
  const place = (wanted: string) => placeOf(header, wanted);
  const book = addressBooks.find(({ numbers }) => header.some((column) => numbers.test(column)));
  const named = number === undefined ? [] : [number].flat();
  const isBook = named.length === 0 && place('number') < 0 && book !== undefined;
  const wantedNumbers = named.length === 0 ? ['number'] : named;
  return {
    numbers: isBook
      ? header.flatMap((column, at) => (book.numbers.test(column) ? [at] : []))
      : wantedNumbers.map((wanted) => placeThere(header, line, 'number', wanted)),
    names:
      name === undefined
        ? [['name'], ...(book?.names ?? [])].map((columns) => columns.map(place).filter((at) => at >= 0))
        : [[placeThere(header, line, 'name', name)]],
    expires: expires === undefined ? place('expires') : placeThere(header, line, 'expires', expires),
    // FreePBX exports its blacklist as number,description.
    note:
      note !== undefined
        ? placeThere(header, line, 'note', note)
        : Math.max(place('note'), named.length === 0 && !isBook ? place('description') : -1),
  };
}

/** Place of the column, or -1. Case does not matter. */
export function placeOf(header: readonly string[], wanted: string): number {
  return header.findIndex((column) => column.trim().toLowerCase() === wanted.trim().toLowerCase());
}

/** @throws FileFault the header has no such column */
export function placeThere(header: readonly string[], line: number, field: string, wanted: string): number {
  const place = placeOf(header, wanted);
  if (place >= 0) return place;
  if (header.some((column) => /^\W*\d{7,15}\W*$/.test(column.replace(/(?<=\d)[ ().-]+(?=\d)/g, ''))))
    throw new FileFault(
      line,
      'the first line is not a header: a number stands in it already',
      'write a line above it that names the columns: number,name',
      'missing-header',
    );
  const meant = nearestWord(wanted, header);
  throw new FileFault(
    line,
    `the header has no column "${wanted}", which holds the ${field}`,
    `${meant ? `did you mean "${meant}"? ` : ''}name the column under columns: of this list; the header has: ${header.join(', ').slice(0, 200)}`,
    'missing-column',
  );
}
