import { readFileSync } from 'node:fs';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { PackedList } from '../../../src/lists/held/packed-list.ts';
import { readList } from '../../../src/lists/read-list.ts';
import { formatByName, type ListReading } from '../../../src/lists/readers/registry.ts';
import { patternWords } from '../../../src/numbers/number-pattern.ts';
import type { Region } from '../../../src/numbers/phone-number.ts';
import { listExports } from '../../field/list-exports.ts';
import { noon } from '../list-fixture.ts';

type Reading = Partial<ListReading> & { readonly region?: Region };

function listOf(pieces: readonly Uint8Array[], file: string, reading: Reading = {}): PackedList {
  const { format = formatByName(file), columns = {}, region = 'US' } = reading;
  return new PackedList('a', readList(pieces, { format, columns, minComplaints: 3 }, region).image);
}

function contents(list: PackedList) {
  const numbers = [...list.numbers()].map((number) => [number, list.find(number, noon)?.name ?? null]);
  const patterns = list.patterns.map(({ kind, from, to, name }) => [
    patternWords(kind === 'prefix' ? { kind, prefix: from } : { kind, from, to }),
    name,
  ]);
  return [...numbers, ...patterns];
}

const named = (list: PackedList) => list.problems.map(({ line, message }) => [line, message]);

describe('each row is loaded right, or named by its line', () => {
  it.each(listExports.map((one) => [one.what, one] as const))(
    '%s',
    (_what, { file, rows, named: told, ...reading }) => {
      const bytes = readFileSync(new URL(`../../field/exports/${file}`, import.meta.url));
      const list = listOf([bytes], file, reading);
      expect(contents(list)).toEqual(rows);
      expect(named(list)).toEqual(told);
      // However the file comes in pieces.
      const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) =>
        Uint8Array.from(bytes.subarray(at * 7, at * 7 + 7)),
      );
      expect(contents(listOf(pieces, file, reading))).toEqual(rows);
    },
  );
});

const text = 'number,name\n+13175550100,Zoë\n+13175550101,Łukasz\n';
const read = [
  ['+13175550100', 'Zoë'],
  ['+13175550101', 'Łukasz'],
];
const swapped = (bytes: Buffer) => bytes.swap16();

describe('encodings', () => {
  it.each<[string, Buffer]>([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first, with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, little end first, without one', Buffer.from(text, 'utf16le')],
    ['UTF-16, big end first, with a mark', swapped(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['UTF-16, big end first, without one', swapped(Buffer.from(text, 'utf16le'))],
    ['gzip', gzipSync(text)],
    ['gzip in two members', Buffer.concat([gzipSync(text.slice(0, 20)), gzipSync(text.slice(20))])],
    ['gzip of UTF-16', gzipSync(Buffer.from(`\ufeff${text}`, 'utf16le'))],
    ['UTF-16 with sep= and tabs', Buffer.from(`\ufeffsep=\t\r\n${text.replaceAll(',', '\t')}`, 'utf16le')],
  ])('%s', (_name, bytes) => {
    for (const size of [1, 3, 64, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        Uint8Array.from(bytes.subarray(at * size, (at + 1) * size)),
      );
      const list = listOf(pieces, 'a.csv');
      expect(contents(list)).toEqual(read);
      expect(list.problems).toEqual([]);
    }
  });

  it('Windows-1252 whose first foreign letter is far down', () => {
    const rows = Array.from({ length: 20_000 }, (_, at) => `+1317${String(5_550_000 + at)},A\n`).join('');
    const bytes = Buffer.from(`number,name\n${rows}+14635550100,Zo\xeb \x80\n`, 'latin1');
    const list = listOf([bytes.subarray(0, 100_000), bytes.subarray(100_000)], 'a.csv');
    expect(list.find('+14635550100', noon)).toEqual({ name: 'Zoë €' });
    expect(list.problems).toMatchObject([{ code: 'not-utf8', severity: 'warning' }]);
  });

  it('UTF-8 with a bad byte stays UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(`${text}+13175550102,`), Buffer.from([0xe9, 10])]);
    const list = listOf([bytes], 'a.csv');
    expect(contents(list)).toEqual([...read, ['+13175550102', '\ufffd']]);
    expect(list.problems).toMatchObject([{ code: 'not-utf8' }]);
  });
});

const zip = (name: string) => Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(26), Buffer.from(name)]);

describe('what is no list is named with what to do', () => {
  it.each<[string, Buffer, RegExp]>([
    ['xlsx', zip('xl/worksheets/sheet1.xml'), /Excel workbook \(\.xlsx\).*CSV UTF-8/],
    ['xlsx in gzip', gzipSync(zip('[Content_Types].xml')), /Excel workbook/],
    ['ods', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), /OpenDocument/],
    ['zip', zip('list.csv'), /zip archive.*unpack/],
    ['xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), /old Excel workbook/],
    ['zstd', zstdCompressSync(text), /another way than gzip/],
    ['bzip2', Buffer.from('BZh91AY&SY'), /another way than gzip/],
    ['pdf', Buffer.from('%PDF-1.7\n'), /PDF/],
    ['html', Buffer.from('  <html><body>'), /web page/],
    ['xml', Buffer.from('<YealinkIPPhoneDirectory>'), /XML/],
    ['json', Buffer.from('[{"number": "+13175550100"}]'), /JSON/],
    ['empty json', Buffer.from('[]'), /JSON/],
    ['ldif', Buffer.from('dn: cn=Jo\ntelephoneNumber: 3175550100\n'), /LDIF/],
    ['ics', Buffer.from('BEGIN:VCALENDAR\n'), /calendar/],
    ['lfs', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /Git LFS.*git lfs pull/],
    ['sqlite', Buffer.from('SQLite format 3\0'), /database show blacklist/],
    ['zeros', Buffer.from('number\n+13175550100\n\0\0\0\0'), /not text/],
    ['gzip in gzip, three times', gzipSync(gzipSync(gzipSync(text))), /over and over.*pack the list once/],
    ['cut gzip', gzipSync(text).subarray(0, 30), /damaged or cut off.*again/],
    ['bomb', gzipSync(Buffer.alloc(129 * 1024 * 1024)), /longer than 134217728 bytes.*split/],
  ])('%s', (_name, bytes, said) => {
    for (const file of ['a.csv', 'a.txt', 'a.vcf', 'a.astdb']) {
      const list = listOf([bytes], file);
      expect(list.size).toBe(0);
      expect(list.problems).toHaveLength(1);
      const [{ severity, message, remedy } = { severity: '', message: '', remedy: '' }] = list.problems;
      expect(severity).toBe('error');
      expect(`${message}; ${remedy}`).toMatch(said);
    }
  });
});

describe('csv', () => {
  it.each([
    ['empty rows above the header', '\n,,\nnumber,name\n+13175550100,Jo\n'],
    ['sep= above the header', 'sep=,\nnumber,name\n+13175550100,Jo\n'],
    ['a header with blanks in its quotes', '" Number "," Name"\n+13175550100,Jo\n'],
  ])('%s', (_name, csv) => {
    const list = listOf([Buffer.from(csv)], 'a.csv');
    expect([contents(list), list.problems]).toEqual([[['+13175550100', 'Jo']], []]);
  });

  it('rows that are numbered are no other numbers', () => {
    const list = listOf([Buffer.from('1. 30123456\n4. 30123456\n12. 30123456\n')], 'a.txt', { region: 'DE' });
    expect([contents(list), list.problems.map(({ line }) => line)]).toEqual([[], [1, 2, 3]]);
  });

  it('a number in each of several columns, the same one once, and none where all are empty', () => {
    const list = listOf(
      [Buffer.from('Who,Tel,Cell\nJo,3175550100,3175550100\nAl,,3175550101\nEd,,\n,,\n')],
      'a.csv',
      { columns: { number: ['Tel', 'cell'], name: 'Who' } },
    );
    expect(contents(list)).toEqual([
      ['+13175550100', 'Jo'],
      ['+13175550101', 'Al'],
    ]);
    expect(list.duplicates).toEqual([]);
    expect(named(list)).toEqual([[4, 'row skipped: it has no number']]);
  });

  it.each([
    [
      'a column of several that is not there',
      'Tel,Name\n',
      { number: ['Tel', 'Mobil'] },
      /no column "Mobil"/,
    ],
    ['no header', '3175550100,Jo\n3175550101,Al\n', {}, /first line is not a header/],
    ['no map and no known column', 'Telephone,Name\n', {}, /no column "number"/],
  ])('%s', (_name, csv, columns, said) => {
    expect(listOf([Buffer.from(csv)], 'a.csv', { columns }).problems[0]?.message).toMatch(said);
  });

  it.each([
    ['number;name;note, of us', '+13175550100;Jo, A;x'],
    ['number|name', '+13175550100|Jo'],
    ['"number"\t"name;x;y"', '+13175550100\tJo'],
  ])('the separator that the header has most of: %s', (header, row) => {
    expect([...listOf([Buffer.from(`${header}\n${row}\n`)], 'a.csv').numbers()]).toEqual(['+13175550100']);
  });
});
