import { expect, it } from 'vitest';
import { PackedList } from '../../../src/lists/held/packed-list.ts';
import { readList } from '../../../src/lists/read-list.ts';
import type { ListReading } from '../../../src/lists/readers/registry.ts';
import { noon } from '../list-fixture.ts';

const asCsv: ListReading = { format: 'csv', columns: {}, minComplaints: 3 };

function read(text: string, changes: Partial<ListReading>): PackedList {
  const file = [new TextEncoder().encode(text)];
  return new PackedList('a', readList(file, { ...asCsv, ...changes }, 'US').image);
}

const ftcHeader =
  'Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,Consumer_State,Consumer_Area_Code,Subject,Recorded_Message_Or_Robocall';
const complaint = (number: string, day: string, recorded: string) =>
  `${number},${day} 00:04:37,${day} 12:32:00,"Reno",Nevada,775,"Reducing your debt (credit cards, mortgage, student loans)",${recorded}`;

it('complaints to the Federal Trade Commission, counted by number', () => {
  const text = [
    ftcHeader,
    complaint('3175550180', '2026-03-02', 'Y'),
    complaint('3175550181', '2026-03-02', 'N'),
    complaint('', '2026-03-02', 'Y'),
    complaint('317-555-0180', '2026-03-09', 'N'),
    complaint('3175550180', '2026-03-04', 'Y'),
    complaint('Unknown', '2026-03-04', 'Y'),
  ].join('\n');
  const list = read(text, { format: 'ftc-complaints', minComplaints: 2 });
  expect(list.stats).toMatchObject({ numbers: 1, belowMinimum: 1, badRows: 1 });
  expect(list.find('+13175550180', noon)).toEqual({ name: null });
  expect(list.find('+13175550181', noon)).toBeNull();
  expect(list.locate('+13175550180', noon)).toMatchObject([
    { line: 2, note: '3 complaints, last 2026-03-09, 2 of a recorded message' },
  ]);
  expect(list.problems).toMatchObject([{ line: 7, code: 'bad-row' }]);
});

it('another file in place of complaints is refused', () => {
  const list = read('<html>\n<body>not here</body>\n', { format: 'ftc-complaints' });
  expect(list.problems).toMatchObject([{ severity: 'error', code: 'not-a-list' }]);
});

it('numbers that nobody may call from, with and without a header', () => {
  for (const text of ['TN,Reason\n3175550190,bank\n3175550191,bank\n', '3175550190\n3175550191\n']) {
    const list = read(text, { format: 'do-not-originate' });
    expect(list.size).toBe(2);
    expect(list.find('+13175550190', noon)).not.toBeNull();
  }
});

it('what a CRM exports, by its own column names, semicolons and all', () => {
  const text =
    'Konto;Telefon;Gültig bis;Bemerkung\n"Müller; Söhne";(317) 555-0140;2026-12-31;"ruft oft an"\n';
  const columns = { number: 'telefon', name: 'konto', expires: 'gültig bis', note: 'bemerkung' };
  const list = read(text, { columns });
  expect(list.problems).toEqual([]);
  expect(list.locate('+13175550140', noon)).toMatchObject([
    { line: 2, name: 'Müller; Söhne', note: 'ruft oft an', expiresAt: Date.UTC(2027, 0, 1), expired: false },
  ]);
});

it('duplicates are counted and named, and letters that are not UTF-8 are told once', () => {
  const bytes = [
    ...new TextEncoder().encode('number,name\n3175550140,A\n+13175550140,B\n3175550141,'),
    0xe9,
    10,
  ];
  const list = new PackedList('a', readList([Uint8Array.from(bytes)], asCsv, 'US').image);
  expect(list.stats).toMatchObject({ numbers: 2, duplicates: 1 });
  expect(list.duplicates).toEqual([{ number: '+13175550140', firstLine: 2, line: 3 }]);
  expect(list.find('+13175550140', noon)).toEqual({ name: 'A' });
  expect(list.problems).toMatchObject([{ code: 'not-utf8', severity: 'warning' }]);
});
