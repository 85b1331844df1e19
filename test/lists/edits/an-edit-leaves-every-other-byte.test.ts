import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { writeEdited } from '../../../src/lists/edits/edit-list-file.ts';
import type { EditedFile, RowEdit, RowTexts } from '../../../src/lists/edits/row-edit.ts';
import { PackedList } from '../../../src/lists/held/packed-list.ts';
import { readList } from '../../../src/lists/read-list.ts';
import type { ListReading } from '../../../src/lists/readers/registry.ts';
import { noon, tempDir } from '../list-fixture.ts';

const csv: ListReading = { format: 'csv', columns: {}, minComplaints: 3 };
const text: ListReading = { ...csv, format: 'text' };
const texts: RowTexts = { name: 'Vendor robot', note: 'said no (ann, 2026-03-12)', expiresAt: null };

/** A list file that edits are put in place of, as the editor does. */
class EditedList {
  readonly path = join(tempDir(), 'list.csv');
  readonly #reading: ListReading;

  constructor(reading: ListReading, content: string | Buffer) {
    this.#reading = reading;
    writeFileSync(this.path, content);
  }

  edit(edit: RowEdit): EditedFile {
    const written = writeEdited({ path: this.path, reading: this.#reading, region: 'US', edit, now: noon });
    renameSync(written.beside, this.path);
    return written;
  }

  add(key: string, more: Partial<RowTexts> = {}): EditedFile {
    return this.edit({ kind: 'add', key, texts: { ...texts, ...more } });
  }

  remove(key: string): EditedFile {
    return this.edit({ kind: 'remove', key });
  }

  get bytes(): Buffer {
    return readFileSync(this.path);
  }

  get text(): string {
    return this.bytes.toString();
  }

  row(key: string) {
    const list = new PackedList('list', readList([this.bytes], this.#reading, 'US').image);
    return list.locate(key, noon).find(({ pattern }) => pattern === key);
  }
}

it('adds a row to a text file, with its reason as a comment', () => {
  const list = new EditedList(
    text,
    '# ours\n+1 317 555 0180    Warranty calls        # security, 2026-01-12\n',
  );
  list.add('+13175550181');
  expect(list.text).toBe(
    '# ours\n+1 317 555 0180    Warranty calls        # security, 2026-01-12\n+13175550181  Vendor robot  # said no (ann, 2026-03-12)\n',
  );
  expect(list.row('+13175550181')).toMatchObject({ name: 'Vendor robot', line: 3 });
  list.add('911', { name: null });
  list.add('24273', { name: '#1 caller\tof\nours' });
  list.add('+1317555*', { name: null });
  expect(list.text.split('\n').slice(3)).toEqual([
    '911  # said no (ann, 2026-03-12)',
    'short:24273  1 caller of ours  # said no (ann, 2026-03-12)',
    '+1317555*  # said no (ann, 2026-03-12)',
    '',
  ]);
  expect(list.row('24273')).toMatchObject({ name: '1 caller of ours' });
});

it('adds a row to a csv file in its own form: separator, line ends, columns, quotes', () => {
  const list = new EditedList(
    csv,
    'sep=;\r\nNote;Phone;Expires;Fax;Name\r\n"a;b";+1 317 555 0140;;;"Acme\r\nMedical"\r\n',
  );
  const phone: ListReading = { ...csv, columns: { number: 'Phone' } };
  const own = new EditedList(phone, list.bytes);
  own.add('+13175550141', { name: '=cmd(); "x"', expiresAt: Date.UTC(2027, 3, 1, 4) });
  expect(own.text).toBe(
    `${list.text}"said no (ann, 2026-03-12)";+13175550141;2027-04-01T04:00:00Z;;"'=cmd(); ""x"""\r\n`,
  );
  expect(own.row('+13175550141')).toMatchObject({
    ...{ name: `'=cmd(); "x"`, note: 'said no (ann, 2026-03-12)', expiresAt: Date.UTC(2027, 3, 1, 4) },
  });
});

it('takes out all rows of a number, in any writing and over several lines, and puts them back where they were', () => {
  const content =
    'number,name,note\n# (317) 555-0140 is a comment\n(317) 555-0140,"Acme\nMedical",\n+1463555015*,Example,\n317.555.0140,Again,"x"\n+1 317 555 0142,Last,';
  const list = new EditedList(csv, content);
  const { taken, left } = list.remove('+13175550140');
  expect(list.text).toBe(
    'number,name,note\n# (317) 555-0140 is a comment\n+1463555015*,Example,\n+1 317 555 0142,Last,',
  );
  expect(taken).toEqual([
    { line: 3, text: '(317) 555-0140,"Acme\nMedical",\n', encoding: 'utf8' },
    { line: 6, text: '317.555.0140,Again,"x"\n', encoding: 'utf8' },
  ]);
  const rows = taken;
  list.edit({ kind: 'restore', key: '+13175550140', rows, left });
  expect(list.text).toBe(content);

  const again = list.remove('+13175550140');
  list.add('+13175550149', { name: null });
  list.edit({ kind: 'restore', key: '+13175550140', rows: again.taken, left: again.left });
  expect(list.text.endsWith('(317) 555-0140,"Acme\nMedical",\n317.555.0140,Again,"x"')).toBe(true);
  expect(list.row('+13175550140')).toBeDefined();
  expect(list.row('+13175550149')).toBeDefined();
  expect(list.row('+13175550142')).toBeDefined();
});

it('what was added goes again to the byte, also behind a last line without an end', () => {
  for (const content of ['', 'x', '+13175550180', '+13175550180\r\n', '\ufeff+13175550180\r+13175550181']) {
    const list = new EditedList(text, content);
    const { size, left } = list.add('+13175550189');
    expect(list.row('+13175550189')).toBeDefined();
    list.edit({ kind: 'withdraw', key: '+13175550189', size, left });
    expect(list.text).toBe(content);
  }
  const changed = new EditedList(text, '+13175550180\n');
  const { size, left } = changed.add('+13175550189');
  writeFileSync(changed.path, `${changed.text}+13175550188\n`);
  changed.edit({ kind: 'withdraw', key: '+13175550189', size, left });
  expect(changed.text).toBe('+13175550180\n+13175550188\n');
});

it('leaves the bytes of a file that is not UTF-8, and adds none that would be read otherwise', () => {
  const content = Buffer.concat([Buffer.from('+13175550180  Caf'), Buffer.from([0xe9]), Buffer.from('\n')]);
  const list = new EditedList(text, content);
  list.add('+13175550181', { name: 'Café € Nuñez' });
  expect(list.bytes.subarray(0, content.length)).toEqual(content);
  expect(list.row('+13175550181')?.name).toBe('Cafe ? Nunez');
  const { taken, left } = list.remove('+13175550180');
  expect(taken).toMatchObject([{ encoding: 'latin1' }]);
  list.edit({ kind: 'restore', key: '+13175550180', rows: taken, left });
  expect(list.bytes.subarray(0, content.length)).toEqual(content);
});

it('keeps mode and owner, and leaves nothing beside when it refuses', () => {
  const list = new EditedList(text, '+13175550180\n');
  chmodSync(list.path, 0o640);
  list.add('+13175550181');
  expect(statSync(list.path).mode & 0o7777).toBe(0o640);
  const refused = (edit: RowEdit, reading = text, path = list.path) => {
    let why = '';
    try {
      writeEdited({ path, reading, region: 'US', edit, now: noon });
    } catch (error) {
      why = String(error instanceof Error ? error.message : error);
    }
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith('.'))).toEqual([]);
    return why;
  };
  const add = (key: string, more: Partial<RowTexts> = {}): RowEdit => ({
    kind: 'add',
    key,
    texts: { ...texts, ...more },
  });
  expect(refused(add('+13175550181'))).toBe('it is on the list already, in line 2');
  expect(refused(add('+13175550182', { expiresAt: noon + 1 }))).toMatch(/has no place for the day/);
  expect(refused({ kind: 'remove', key: '+13175550182' })).toBe('the file has no row of its own for it');
  expect(refused({ kind: 'remove', key: '+13175550180' }, text, join(dirname(list.path), 'gone'))).toMatch(
    /missing/,
  );

  const file = (content: string | Buffer) => new EditedList(csv, content).path;
  expect(refused(add('+13175550182'), csv, file(''))).toMatch(/no header/);
  expect(refused(add('+13175550182'), csv, file('phone,name\n1,2\n'))).toMatch(/line 1 of the file/);
  expect(refused(add('+13175550182', { expiresAt: noon + 1 }), csv, file('number\n'))).toMatch(
    /column "expires"/,
  );
  expect(refused(add('+13175550182'), csv, file(gzipSync('number\n')))).toMatch(/packed/);
  expect(refused(add('+13175550182'), csv, file(Buffer.from('\ufeffnumber\n', 'utf16le')))).toMatch(/UTF-16/);
  const two: ListReading = { ...csv, columns: { number: ['Phone', 'Mobile'] } };
  const shared = file('Phone,Mobile\n+13175550140,+13175550141\n');
  expect(refused({ kind: 'remove', key: '+13175550140' }, two, shared)).toMatch(/line 2 .* other numbers/);
  // A row that ended does not count.
  const ended = new EditedList(csv, 'number,expires\n+13175550140,2026-01-01\n');
  ended.add('+13175550140', { expiresAt: noon + 86_400_000 });
  expect(ended.row('+13175550140')).toMatchObject({ expired: false });

  const link = join(tempDir(), 'link.csv');
  symlinkSync(list.path, link);
  expect(refused(add('+13175550181'), text, link)).toBe('it is on the list already, in line 2');
  const fifo = join(tempDir(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  expect(refused(add('+13175550181'), text, fifo)).toMatch(/FIFO/);
});

it('whatever is in the file, adding and undoing, removing and undoing leave it as it was', () => {
  const number = fc.integer({ min: 100, max: 119 }).map((n) => `+1 317 555 0${n}`);
  const cell = fc.constantFrom('', 'Acme', '"a, b"', '"two\nlines"', '"say ""hi"""', 'Zoë');
  const row = fc.tuple(number, cell, cell).map((cells) => cells.join(','));
  const line = fc.oneof({ weight: 6, arbitrary: row }, fc.constantFrom('', '# comment', ',,', 'nonsense,x,'));
  const file = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), fc.boolean())
    .map(([lines, end, hasEnd, hasMark]) => {
      const all = ['number,name,note', ...lines].map((one) => one.replaceAll('\n', end)).join(end);
      return `${hasMark ? '\ufeff' : ''}${all}${hasEnd ? end : ''}`;
    });
  fc.assert(
    fc.property(file, number, (content, picked) => {
      const key = picked.replaceAll(' ', '');
      const list = new EditedList(csv, content);
      const isListed = list.row(key) !== undefined;
      const { size, left, taken } = isListed ? list.remove(key) : list.add(key);
      expect(list.row(key) === undefined).toBe(isListed);
      if (isListed) list.edit({ kind: 'restore', key, rows: taken, left });
      else list.edit({ kind: 'withdraw', key, size, left });
      expect(list.text).toBe(content);
    }),
    { numRuns: 300 },
  );
});
