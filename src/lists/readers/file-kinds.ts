import { FileFault } from './list-format.ts';

type Kind = readonly [begin: RegExp, what: string, remedy: string];

const asCsv = 'in the spreadsheet choose "Save as", and the type "CSV UTF-8"; then put that file here';
const unpack = 'unpack it, and put the csv or text file that is in it here; .gz is read as it is';
const another = 'export the numbers as csv or vCard';

/** What is no list, by how it begins (bytes as Latin-1), and what to do. */
const kinds: readonly Kind[] = [
  [/^PK\x03\x04.{26}mimetypeapplication\/vnd\.oasis/s, 'an OpenDocument spreadsheet (.ods), not csv', asCsv],
  [
    /^PK\x03\x04.*(?:\[Content_Types\]|_rels\/|xl\/|docProps\/)/s,
    'an Excel workbook (.xlsx), not csv',
    asCsv,
  ],
  [/^PK\x03\x04/, 'a zip archive', unpack],
  [/^\xd0\xcf\x11\xe0/, 'an old Excel workbook (.xls), not csv', asCsv],
  [
    /^SQLite format 3/,
    'a database (SQLite)',
    'of Asterisk: keep the output of asterisk -rx "database show blacklist" as a .astdb file',
  ],
  [/^(?:BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|7z\xbc\xaf|Rar!)/, 'compressed in another way than gzip', unpack],
  [/^%PDF/, 'a PDF document', another],
  [/^\{\\rtf/, 'a text document (.rtf)', another],
  [
    /^\s*<(?:!doctype|html|head|body)/i,
    'a web page, not a list',
    'get the file itself: a page to sign in, or one that says what went wrong, often stands in its place',
  ],
  [/^\s*<(?:\?xml|[a-z])/i, 'an XML file, not a list', another],
  [/^\s*[[{]\s*["{[\]}]/, 'a JSON file, not a list', another],
  [/^(?:version: \d\s+)?dn: /, 'an LDIF address book', another],
  [/^BEGIN:VCALENDAR/i, 'a calendar', another],
  [/^-----BEGIN PGP/, 'encrypted', 'decrypt it first'],
  [
    /^version https:\/\/git-lfs/,
    'a pointer of Git LFS, not the file',
    'run git lfs pull where the rules are checked out',
  ],
  [/\0/, 'not text', 'save it as csv (UTF-8), or as text with one number a line'],
];

/** @param begin the first bytes. @throws FileFault the file is of another kind than lists are */
export function mustBeText(begin: Buffer): void {
  const text = begin.subarray(0, 4096).toString('latin1');
  for (const [form, what, remedy] of kinds)
    if (form.test(text)) throw new FileFault(1, `the file is ${what}`, remedy, 'not-a-list');
}
