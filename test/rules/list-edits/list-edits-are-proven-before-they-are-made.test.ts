import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ListEditResult } from '../../../src/call/staff/list-edits.ts';
import { ListJournal } from '../../../src/lists/edits/list-journal.ts';
import { ListLibrary } from '../../../src/lists/list-library.ts';
import type { ReloadCause } from '../../../src/policy/policy-status.ts';
import { ForgottenCaller } from '../../../src/privacy/forgotten.ts';
import { ListEditor } from '../../../src/rules/list-edits/list-editor.ts';
import { LivePolicy } from '../../../src/rules/live-policy.ts';
import { RecordingLog } from '../../fakes/recording-log.ts';
import { tempDir } from '../../lists/list-fixture.ts';

let dir: string;
let data: string;
let live: LivePolicy;
let editor: ListEditor;
let causes: ReloadCause[];

const journal = () => join(data, 'lists', 'edits.json');
const blocked = () => join(dir, 'lists/blocked.txt');
const isBlocked = (number: string) =>
  (live.current().lists.get('blocked')?.find(number, Date.now()) ?? null) !== null;

async function open(): Promise<void> {
  const lists = new ListLibrary({ dir: join(data, 'lists'), serving: true });
  live = await LivePolicy.open(dir, { lists });
  live.onReload((_, details) => causes.push(...details.causes));
  editor = new ListEditor({
    policy: live,
    journal: journal(),
    log: Object.assign(new RecordingLog(), { debug() {} }),
  });
  await vi.waitFor(() => expect(editor.lists().length).toBeGreaterThan(0));
}

beforeEach(async () => {
  dir = join(tempDir(), 'rules');
  data = tempDir();
  causes = [];
  cpSync('rules', dir, { recursive: true });
  await open();
});

afterEach(() => {
  editor.close();
  live.close();
});

const row = (
  number: string,
  more: { list?: string; name?: string; expiresAt?: number; who?: string } = {},
) => ({
  ...{ list: 'blocked', number, name: null, reason: 'called 30 times', expiresAt: null, who: 'ann' },
  ...more,
});

function done(result: ListEditResult): string {
  expect(result).toMatchObject({ result: 'done' });
  return result.result === 'done' ? result.change : '';
}

it('a row is added, in force at once, undone by one click, and all of it outlives a restart', async () => {
  const before = readFileSync(blocked());
  const change = done(await editor.add(row('(317) 555-0189', { name: 'Robot' })));
  expect(isBlocked('+13175550189')).toBe(true);
  expect(readFileSync(blocked()).subarray(0, before.length)).toEqual(before);
  expect(readFileSync(blocked(), 'utf8')).toMatch(
    /\n\+13175550189 {2}Robot {2}# called 30 times \(ann, \d{4}-\d\d-\d\d\)\n$/,
  );
  expect(causes).toContainEqual({ by: 'list-edit', who: 'ann', list: 'blocked' });
  expect(statSync(journal()).mode & 0o077).toBe(0);

  editor.close();
  live.close();
  await open();
  expect(isBlocked('+13175550189')).toBe(true);
  const undo = done(await editor.undo(change, 'bea'));
  expect(readFileSync(blocked())).toEqual(before);
  expect(isBlocked('+13175550189')).toBe(false);
  expect(await editor.changes()).toMatchObject([
    { id: undo, done: 'removed', who: 'bea', undoes: change, undoneBy: null, git: 'no-repository' },
    { id: change, done: 'added', who: 'ann', undoes: null, undoneBy: undo, reason: 'called 30 times' },
  ]);
  expect(await editor.undo(change, 'bea')).toEqual({ result: 'refused', why: 'it is undone already' });
  // Also the undoing.
  done(await editor.undo(undo, 'ann'));
  expect(isBlocked('+13175550189')).toBe(true);
});

it('a row is removed and comes back to the byte', async () => {
  const customers = join(dir, 'lists/customers.csv');
  const before = readFileSync(customers);
  const change = done(
    await editor.remove({ list: 'customers', number: '+14635550141', reason: 'moved', who: 'ann' }),
  );
  expect(readFileSync(customers, 'utf8')).toBe(before.toString().replace(/^.*0141.*\n/m, ''));
  done(await editor.undo(change, 'ann'));
  expect(readFileSync(customers)).toEqual(before);
  expect(live.status().reloads.every(({ ok }) => ok)).toBe(true);
});

it('what would break a proof or a case is refused with the reason, and the file is untouched', async () => {
  const before = readFileSync(blocked());
  const { mtimeNs } = statSync(blocked(), { bigint: true });
  const { version } = live.current();
  const refused = async (result: Promise<ListEditResult>): Promise<string> => {
    const found = await result;
    expect(found.result).toBe('refused');
    return found.result === 'refused' ? found.why : '';
  };
  // A mobile of staff, whom nothing may hold up.
  expect(await refused(editor.add(row('317-555-0120')))).toMatch(
    /^with it the rules would be refused: .*must-pass|staff/,
  );
  writeFileSync(
    join(dir, 'cases/more.yaml'),
    "cases:\n  - case: a supplier\n    call: { from: '+1 317 555 0140' }\n    want: { rule: customers }\n",
  );
  const remove = { list: 'customers', number: '+13175550140', reason: 'gone', who: 'ann' };
  expect(await refused(editor.remove(remove))).toMatch(/the case "a supplier" fails/);
  expect(await refused(editor.add(row('nonsense')))).toBe('"nonsense" is not a phone number');
  expect(await refused(editor.add(row('+13175550189', { list: 'nowhere' })))).toMatch(/no list "nowhere"/);
  expect(await refused(editor.add({ ...row('+13175550189'), reason: ' ' }))).toBe('say why');
  expect(await refused(editor.add(row('+13175550189', { expiresAt: 1 })))).toMatch(/is over/);
  expect(readFileSync(blocked())).toEqual(before);
  expect(statSync(blocked(), { bigint: true }).mtimeNs).toBe(mtimeNs);
  expect(live.current().version).toBe(version);
  expect(readdirSync(join(dir, 'lists')).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readdirSync(join(data, 'lists'))).not.toContain('replaced');
  expect(await editor.changes()).toEqual([]);

  writeFileSync(join(dir, 'policy.yaml'), 'rules: nonsense\n');
  await live.reload();
  expect(await refused(editor.add(row('+13175550189')))).toMatch(/refused as they are/);
});

it('edits at the same time all come about, one after the other', async () => {
  const numbers = Array.from({ length: 5 }, (_, n) => `+1317555019${n}`).filter(
    (one) => !/019[015]$/.test(one),
  );
  const results = await Promise.all(numbers.map((number) => editor.add(row(number))));
  for (const result of results) done(result);
  for (const number of numbers) expect(isBlocked(number)).toBe(true);
  expect(await editor.changes()).toHaveLength(numbers.length);
  const [twice] = await Promise.all([editor.add(row(numbers[0] as string)), editor.add(row('+13175550199'))]);
  expect(twice).toMatchObject({ result: 'refused', why: expect.stringMatching(/on the list already/) });
});

it('in a git repository the change is committed alone, with the visitor as its author', async () => {
  const git = (...args: string[]) => execFileSync('git', ['-C', dir, ...args], { encoding: 'utf8' }).trim();
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=somebody', '-c', 'user.email=s@example.org', 'commit', '-qm', 'rules');
  // A hook would run with the rights of the service.
  writeFileSync(join(dir, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  writeFileSync(
    join(dir, 'lists/staff.csv'),
    `${readFileSync(join(dir, 'lists/staff.csv'), 'utf8')}# staged\n`,
  );
  git('add', 'lists/staff.csv');

  done(await editor.add(row('+13175550189', { who: 'Ann <ann@example.org>\nx' })));
  expect(git('log', '-1', '--format=%an|%cn|%s|%b')).toBe(
    'Ann ann@example.org x|Ann ann@example.org x|Add +1317•••••89 to blocked|called 30 times',
  );
  expect(git('show', '--stat', '--format=', 'HEAD')).toMatch(/^lists\/blocked\.txt \| 1 \+\n 1 file changed/);
  expect(git('diff', '--cached', '--name-only')).toBe('lists/staff.csv');
  expect((await editor.changes())[0]?.git).toBe('committed');

  git('rm', '-q', '--cached', 'lists/blocked.txt');
  git('-c', 'user.name=s', '-c', 'user.email=s@example.org', 'commit', '-qnm', 'no longer followed');
  done(await editor.add(row('+13175550188')));
  expect(isBlocked('+13175550188')).toBe(true);
  expect((await editor.changes())[0]?.git).toMatch(/does not follow the file/);
  writeFileSync(join(dir, '.git/index.lock'), '');
  git('--no-optional-locks', 'status');
  done(await editor.add(row('+13175550187', { list: 'customers' })));
  expect((await editor.changes())[0]?.git).toMatch(/index\.lock/);
});

it('a list that cannot be written says why', async () => {
  const policy = readFileSync(join(dir, 'policy.yaml'), 'utf8');
  const lists = [
    '  phones: { file: lists/phones.vcf, in-use: false }',
    '  feed: { url: "https://feeds.example/x.csv", in-use: false }',
    '  linked: { file: lists/linked.csv, in-use: false }',
  ];
  writeFileSync(join(dir, 'policy.yaml'), policy.replace('lists:\n', `lists:\n${lists.join('\n')}\n`));
  writeFileSync(join(dir, 'lists/phones.vcf'), 'BEGIN:VCARD\nVERSION:3.0\nTEL:+13175550150\nEND:VCARD\n');
  const elsewhere = join(tempDir(), 'linked.csv');
  writeFileSync(elsewhere, 'number\n+13175550151\n');
  symlinkSync(elsewhere, join(dir, 'lists/linked.csv'));
  expect(await live.reload()).toMatchObject({ ok: true });
  await vi.waitFor(() => expect(editor.whyNot('phones')).toMatch(/vcard, is not written here/));
  expect(editor.whyNot('feed')).toMatch(/is a feed/);
  expect(editor.whyNot('linked')).toMatch(/link to a file outside/);
  expect(editor.whyNot('blocked')).toBeNull();
  expect(editor.lists().map(({ id }) => id)).toEqual(['emergency', 'blocked', 'relay', 'staff', 'customers']);
  expect(editor.lists().find(({ id }) => id === 'blocked')?.blocks).toBe(true);
  expect(await editor.add(row('+13175550189', { list: 'linked' }))).toMatchObject({ result: 'refused' });
  unlinkSync(join(dir, 'lists/linked.csv'));
});

it.skipIf(process.geteuid?.() === 0)(
  'a directory that the service may not write to says how to allow it',
  async () => {
    chmodSync(join(dir, 'lists'), 0o555);
    await live.reload();
    await vi.waitFor(() => expect(editor.whyNot('blocked')).toMatch(/may not write .*install\.md/));
    expect(editor.lists()).toEqual([]);
    chmodSync(join(dir, 'lists'), 0o755);
  },
);

it('a person who is forgotten is in the journal no more', async () => {
  done(await editor.add(row('+13175550189')));
  done(await editor.add(row('+13175550188')));
  expect(await new ListJournal(journal()).forget(new ForgottenCaller('+13175550189', []))).toBe(1);
  expect(readFileSync(journal(), 'utf8')).not.toContain('5550189');
  expect(await editor.changes()).toHaveLength(1);
});
