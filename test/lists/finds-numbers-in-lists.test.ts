import { expect, it } from 'vitest';
import { noon } from '../policy/policy-fixture.ts';
import { compileList } from './compile-list.ts';

function list(file: string, text: string, columns = {}) {
  return compileList({ id: 'customers', file, text, columns }, 'US');
}

it('a csv with columns of its own, any writing of a number, prefixes and ranges', () => {
  const { list: found, problems } = list(
    'lists/crm.csv',
    '\uFEFF# export\nCompany;x,PHONE,Until\n"Acme, Inc.",(317) 555-0140,\nBlock,+1463555015*,\nRange,463 555 0160..463 555 0163,\n',
    { number: 'Phone', name: 'company;x', expires: 'until' },
  );
  expect(problems).toEqual([]);
  expect(found.size).toBe(3);
  expect(found.find('+13175550140', noon)).toMatchObject({ name: 'Acme, Inc.' });
  expect(found.find('+14635550157', noon)).toMatchObject({ name: 'Block' });
  expect(found.find('+14635550160', noon)).toMatchObject({ name: 'Range' });
  expect(found.find('+14635550163', noon)).toMatchObject({ name: 'Range' });
  expect(found.find('+14635550164', noon)).toBeNull();
  expect(found.find('+13175550141', noon)).toBeNull();
});

it('a text file with comments and names', () => {
  const { list: found } = list(
    'lists/a.txt',
    '# ours\r\n\r\n+1 317 555 0180  Some Name  # why\r\n3175550181\tOther\r\n3175550182',
  );
  expect(found.size).toBe(3);
  expect(found.find('+13175550180', noon)).toMatchObject({ name: 'Some Name' });
  expect(found.find('+13175550181', noon)).toMatchObject({ name: 'Other' });
  expect(found.find('+13175550182', noon)).toMatchObject({ name: null });
});

it('a row counts to the end of its last day, and the later of two rows for a number holds', () => {
  const { list: found } = list(
    'lists/a.csv',
    'number,name,expires\n3175550140,A,2026-03-12\n3175550141,B,2026-03-11\n3175550142,C,2026-01-01\n3175550142,D,\n3175550143,E,2026-03-12T11:00:00-05:00\n',
  );
  expect(found.find('+13175550140', noon)).toMatchObject({ name: 'A' });
  expect(found.find('+13175550140', Date.UTC(2026, 2, 13))).toBeNull();
  expect(found.find('+13175550141', noon)).toBeNull();
  expect(found.find('+13175550142', noon)).toMatchObject({ name: 'D' });
  expect(found.find('+13175550143', Date.UTC(2026, 2, 12, 15, 59))).toMatchObject({ name: 'E' });
  expect(found.find('+13175550143', Date.UTC(2026, 2, 12, 16))).toBeNull();
});

it('overlapping ranges are all searched, and an expired one does not hide another', () => {
  const { list: found } = list(
    'lists/a.csv',
    'number,name,expires\n+13175550100..+13175550199,All,\n+13175550120..+13175550129,Old,2026-01-01\n+13175550150..+13175550151,Two,\n',
  );
  expect(found.find('+13175550125', noon)).toMatchObject({ name: 'All' });
  expect(found.find('+13175550150', noon)).toMatchObject({ name: 'Two' });
  expect(found.find('+13175550190', noon)).toMatchObject({ name: 'All' });
});

it('a bad row is named by file and line and skipped, the others count', () => {
  const { list: found, problems } = list(
    'rules/lists/a.csv',
    'number,name,expires\nnobody,A,\n3175550141,B,soon\n3175550142,C,2026-02-31\n3175550143,D,\n',
  );
  expect(found.size).toBe(1);
  expect(problems.map(({ file, line, severity, code }) => `${file}:${line} ${severity} ${code}`)).toEqual([
    'rules/lists/a.csv:2 warning bad-row',
    'rules/lists/a.csv:3 warning bad-row',
    'rules/lists/a.csv:4 warning bad-row',
  ]);
  expect(problems[0]?.message).toBe('row skipped: "nobody" is not a phone number');
});

it('a file with a thousand bad rows names the first twenty', () => {
  const { problems } = list('lists/a.txt', 'nobody\n'.repeat(1000));
  expect(problems).toHaveLength(21);
  expect(problems.at(-1)?.message).toBe('980 more rows of this list were skipped');
});

it('an open quote is an error with its line, not a crash', () => {
  const { problems } = list('lists/a.csv', 'number,name\n3175550141,"open\n3175550142,B\n');
  expect(problems).toMatchObject([{ severity: 'error', file: 'lists/a.csv', code: 'csv-syntax' }]);
});
