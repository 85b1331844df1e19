import type { FormatOptions } from '../../src/lists/readers/list-format.ts';
import type { ListFormatName } from '../../src/lists/readers/registry.ts';
import type { Region } from '../../src/numbers/read-number.ts';

/** A file of test/field/exports as somebody exported it. */
export interface ListExport {
  readonly what: string;
  readonly file: string;
  /** Left out: by the name of the file. */
  readonly format?: ListFormatName;
  /** Left out: US. */
  readonly region?: Region;
  readonly columns?: FormatOptions['columns'];
  /** Numbers, prefixes and ranges, with their names. */
  readonly rows: readonly (readonly [number: string, name: string | null])[];
  /** Rows that are not read, and what is said of the file. */
  readonly named: readonly (readonly [line: number, message: string])[];
}

export const listExports: readonly ListExport[] = [
  {
    what: 'CRM: csv, several columns of numbers',
    file: 'crm.csv',
    columns: { number: ['Phone', 'Mobile', 'Fax'], name: 'Account Name', expires: 'Do Not Call Until' },
    rows: [
      ['+13175550110', 'Acme, Inc.'],
      ['+13175550111', 'Acme, Inc.'],
      ['+13175550115', 'Fox & Hound'],
      ['+33123456780', 'Évian SARL'],
      ['+33123456789', 'Évian SARL'],
    ],
    named: [
      [3, 'row skipped: "317.555.0112 x204" is not a phone number'],
      [4, 'row skipped: it has no number'],
      [5, 'row skipped: "3175550113; 3175550114" is not a phone number'],
      [7, 'row skipped: "3.17555E+09" is a number that a spreadsheet has rounded'],
    ],
  },
  {
    what: 'Google Contacts',
    file: 'google-contacts.csv',
    rows: [
      ['911', 'County Dispatch'],
      ['+13175550120', 'Avery Jones'],
      ['+13175550121', 'Avery Jones'],
      ['+13175550122', 'Blake Q. Smith'],
      ['+13175550123', 'Blake Q. Smith'],
      ['+442079460123', 'Casey Lee'],
    ],
    named: [
      [5, 'row skipped: it has no number'],
      [6, 'row skipped: "+1 317-555-0124 ext. 9" is not a phone number'],
    ],
  },
  {
    what: 'Outlook contacts, Windows-1252',
    file: 'outlook-contacts.csv',
    rows: [
      ['+13175550130', 'Dana Müller'],
      ['+13175550131', 'Dana Müller'],
      ['+13175550132', 'Dana Müller'],
      ['+13175550133', 'Dana Müller'],
      ['+13175550134', 'Example Supply'],
    ],
    named: [
      [1, 'the file is not UTF-8; it is read as Windows-1252'],
      [5, 'row skipped: "(317) 555-0135 (317) 555-0136" is not a phone number'],
    ],
  },
  {
    what: 'Excel in the United States: "CSV UTF-8"',
    file: 'excel-us.csv',
    rows: [
      ['+13175550140', 'Avery'],
      ['+13175550141', 'Blake'],
      ['+13175550142', 'Casey'],
    ],
    named: [
      [5, 'row skipped: "3.17555E+09" is a number that a spreadsheet has rounded'],
      [6, 'row skipped: "3/31/2027" is not a date'],
    ],
  },
  {
    what: 'Excel in Germany: semicolons, decimal commas, Windows-1252',
    file: 'excel-de.csv',
    region: 'DE',
    columns: { number: 'Nummer', name: 'Name', note: 'Notiz' },
    rows: [
      ['+49301234567', 'Müller'],
      ['+491711234567', 'Groß'],
      ['+491711234568', 'Straße'],
      ['+491711234569', 'Jäger'],
    ],
    named: [
      [1, 'the file is not UTF-8; it is read as Windows-1252'],
      [5, 'row skipped: "3175550144,0" is not a phone number'],
      [7, 'row skipped: "4,9171E+11" is a number that a spreadsheet has rounded'],
      [8, 'row skipped: "030 1234567-12" is not a phone number'],
    ],
  },
  {
    what: 'Excel in France: "Unicode text" (UTF-16 with tabs)',
    file: 'excel-fr-unicode.txt',
    format: 'csv',
    region: 'FR',
    columns: { number: 'numéro', name: 'nom' },
    rows: [
      ['15', 'SAMU'],
      ['112', 'urgences'],
      ['+33123456789', 'Élodie'],
      ['+33612345678', 'François'],
      ['+33612345679', 'sans zéro'],
    ],
    named: [
      [5, 'row skipped: "15" is not a phone number; it may be an extension, a short code or first digits'],
    ],
  },
  {
    what: 'vCard 2.1 of an old phone: quoted-printable',
    file: 'phone-2.1.vcf',
    rows: [
      ['+13175550150', 'Zoë Müller'],
      ['+13175550151', 'Zoë Müller'],
      ['+13175550152', 'Renée Smíth'],
    ],
    named: [[16, 'row skipped: "3175550153p204" is not a phone number']],
  },
  {
    what: 'vCard 3.0 of iCloud',
    file: 'icloud-3.0.vcf',
    rows: [
      ['+13175550154', 'Jo Doe, Jr.'],
      ['+13175550155', 'Jo Doe, Jr.'],
    ],
    named: [[11, 'row skipped: the card of "Mail only" has no TEL']],
  },
  {
    what: 'vCard 4.0 of Nextcloud',
    file: 'nextcloud-4.0.vcf',
    rows: [
      ['+13175550156', 'Avery'],
      ['+442079460123', 'Avery'],
    ],
    named: [
      [5, 'row skipped: "tel:+1-317-555-0157;ext=12" is not a phone number'],
      [7, 'row skipped: "ask reception" is not a phone number'],
    ],
  },
  {
    what: 'AstDB: database show blacklist',
    file: 'blacklist.astdb',
    rows: [
      ['911', null],
      ['+13175550160', null],
      ['+442079460160', null],
    ],
    named: [
      [4, 'row skipped: "blocked" stands for calls without a number'],
      [5, 'row skipped: "dest" is where FreePBX sends blocked callers'],
      [6, 'row skipped: not an entry of /blacklist/'],
    ],
  },
  {
    what: 'FreePBX Contact Manager, by its Bulk Handler',
    file: 'freepbx-contacts.csv',
    rows: [
      ['911', 'Dispatch'],
      ['+13175550163', 'Acme, Inc.'],
      ['+13175550164', 'Acme, Inc.'],
      ['+13175550165', 'Blake Smith'],
    ],
    named: [
      [4, 'row skipped: "4100" is not a phone number; it may be an extension, a short code or first digits'],
    ],
  },
  {
    what: 'FreePBX Blacklist, by its Bulk Handler',
    file: 'freepbx-blacklist.csv',
    rows: [
      ['+13175550162', null],
      ['+442079460162', null],
    ],
    named: [[4, 'row skipped: "31755501" is not a phone number']],
  },
  {
    what: 'Complaints to the FTC (Do Not Call)',
    file: 'ftc-complaints.csv',
    format: 'ftc-complaints',
    rows: [['+13175550170', null]],
    named: [
      [7, 'row skipped: "Unknown" is not a phone number'],
      [8, 'row skipped: 911 is a short code, which robots forge'],
    ],
  },
  {
    what: 'Do-not-originate list with ranges',
    file: 'do-not-originate.csv',
    format: 'do-not-originate',
    rows: [
      ['+13175550180', null],
      ['+13175550181..+13175550189', null],
      ['+13175550190..+13175550193', null],
      ['+1463555*', null],
    ],
    named: [
      [
        6,
        'row skipped: "317555" is not a phone number; it may be an extension, a short code or first digits',
      ],
      [7, 'row skipped: "3175550194-4635550194" is not a phone number'],
    ],
  },
  {
    what: 'Do-not-originate list with the ends of ranges in two columns',
    file: 'do-not-originate-ranges.csv',
    format: 'do-not-originate',
    region: 'GB',
    rows: [
      ['+442079460120', null],
      ['+442079460100..+442079460109', null],
    ],
    named: [
      [4, 'row skipped: the range "+442079460130..+442079460120" runs from +442079460130 to +442079460120'],
    ],
  },
  {
    what: 'csv in gzip',
    file: 'customers.csv.gz',
    rows: [
      ['+13175550195', 'Zoë'],
      ['+13175550196', 'Avery'],
    ],
    named: [],
  },
  {
    what: 'Excel workbook by mistake',
    file: 'customers.xlsx.csv',
    rows: [],
    named: [[1, 'the file is an Excel workbook (.xlsx), not csv']],
  },
  {
    what: 'OpenDocument spreadsheet by mistake',
    file: 'customers.ods.csv',
    rows: [],
    named: [[1, 'the file is an OpenDocument spreadsheet (.ods), not csv']],
  },
  {
    what: 'zip archive by mistake',
    file: 'customers.zip.csv',
    rows: [],
    named: [[1, 'the file is a zip archive']],
  },
  {
    what: 'Asterisk’s database file itself',
    file: 'database.astdb',
    rows: [],
    named: [[1, 'the file is a database (SQLite)']],
  },
  {
    what: 'XML phone book of telephones',
    file: 'phonebook.xml.txt',
    rows: [],
    named: [[1, 'the file is an XML file, not a list']],
  },
  {
    what: 'page to sign in, in place of the file',
    file: 'signed-out.csv',
    rows: [],
    named: [[1, 'the file is a web page, not a list']],
  },
];
