import { expect, it } from 'vitest';
import type { FormatOptions } from '../../../src/lists/readers/list-format.ts';
import type { ListFormatName } from '../../../src/lists/readers/registry.ts';
import { compileList } from '../compile-list.ts';

function read(format: ListFormatName, text: string, columns: FormatOptions['columns'] = {}) {
  const { list, problems } = compileList({ id: 'people', file: 'people', text, format, columns }, 'US');
  return { rows: list.stats.numbers, problems: problems.map(({ line, message }) => `${line}: ${message}`) };
}

it('vCard 2.1 with quoted-printable and folded lines, 3.0 with groups, 4.0 with tel: URIs; several numbers a card', () => {
  const text = [
    'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gr=C3=BCn;Jos=C3=A9\r\nTEL;CELL;PREF:317-555-0150\r\nTEL;HOME:+1 317 555 0151\r\nEND:VCARD\r\n',
    'BEGIN:VCARD\nVERSION:3.0\nFN:Doe\\, Jo\nitem1.TEL;type=WORK:(317) 555-\n 0152\nNOTE:none\nEND:VCARD\n',
    'BEGIN:VCARD\nVERSION:4.0\nFN:Avery\nTEL;VALUE=uri;TYPE="voice,cell":tel:+1-317-555-0153\nTEL:ask reception\nEND:VCARD\n',
    'BEGIN:VCARD\nVERSION:4.0\nFN:Nobody\nEND:VCARD\n',
  ].join('');
  expect(read('vcard', text)).toEqual({
    rows: 4,
    problems: [
      '18: row skipped: "ask reception" is not a phone number',
      '20: row skipped: the card of "Nobody" has no TEL',
    ],
  });
});

it('a vCard that ends in the middle of a card, and what is none, is a bad file', () => {
  expect(read('vcard', 'BEGIN:VCARD\nTEL:3175550150\n').problems).toEqual([
    '2: the last card has no END:VCARD',
  ]);
  expect(read('vcard', 'number,name\n').problems).toEqual(['1: not a vCard']);
});

it('a blacklist of AstDB as `database show` prints it', () => {
  const text =
    '/blacklist/3175550160                             : 1\n/blacklist/+442079460160 : sold us a roof\n/blacklist/blocked : 1\n/cidname/3175550161 : Jo\n3 results found.\n';
  expect(read('astdb', text)).toEqual({
    rows: 2,
    problems: [
      '3: row skipped: "blocked" stands for calls without a number',
      '4: row skipped: not an entry of /blacklist/',
    ],
  });
});

it('the separator of a header with a comma in a quoted name, and of a `sep=` line', () => {
  const columns = { number: 'Number', name: 'Name, first' };
  expect(read('csv', '"Name, first";Number\nJo;317 555 0170\n', columns)).toEqual({ rows: 1, problems: [] });
  expect(read('csv', 'sep=;\r\nnumber;name\r\n3175550171.0;"Doe, Jo"\r\n')).toEqual({
    rows: 1,
    problems: [],
  });
  expect(read('csv', 'sep=|\nnumber|name\n3175550172|Jo, Avery; and others\n')).toEqual({
    rows: 1,
    problems: [],
  });
});

it('further columns of numbers are named: Google contacts', () => {
  const text =
    'First Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\nJo,Mobile,+1 317-555-0180,Work,+1 317-555-0181\n';
  expect(read('csv', text, { number: 'Phone 1 - Value', name: 'First Name' })).toEqual({
    rows: 1,
    problems: ['1: not read, though they may hold numbers too: "Phone 2 - Value"'],
  });
});

it('a picture of a megabyte within a card costs its time once, and the number behind it is read', () => {
  const picture = `PHOTO;ENCODING=b:${'A'.repeat(70)}\n${` ${'A'.repeat(74)}\n`.repeat(14_000)}`;
  const quoted = `NOTE;ENCODING=QUOTED-PRINTABLE:${'=41=\n'.repeat(200_000)}end\n`;
  const text = `BEGIN:VCARD\nFN:Jo\n${picture}${quoted}TEL:317-555-0154\nEND:VCARD\n`;
  expect(read('vcard', text)).toEqual({ rows: 1, problems: [] });
});
