import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, it as test, vi } from 'vitest';
import { ExposedRules } from '../../src/app/exposed-rules.ts';
import { openToAll } from '../../src/process/open-to-all.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

/** Where temporary files are for one user alone, nothing in them is open to all. */
const isShared = (dir: string): boolean =>
  (statSync(dir).mode & 1) === 1 && (dir === dirname(dir) || isShared(dirname(dir)));
const it = test.skipIf(!isShared(tmpdir()));

function rules(files: Readonly<Record<string, string>>): string {
  const dir = temporaryFolder();
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, 'lists'), { mode: 0o755 });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text, { mode: 0o644 });
  return dir;
}

it.each([
  ['lists/customers.csv', 'Number,Name\n+1 317-555-0123,Ann'],
  ['lists/blocked.txt', '3175550123'],
  ['lists/staff.vcf', 'TEL:(317) 555-0123'],
  ['policy.yaml', 'url: https://feeds.example.org/list.csv?key=abcdef'],
  ['policy.yaml', 'url: https://user:secret@feeds.example.org/list.csv'],
  ['trunks.yaml', 'own: +13175550100'],
])('%s is named while everybody can read it', async (name, text) => {
  const dir = rules({ [name]: text });
  const path = join(dir, name);
  expect(await openToAll(dir)).toBe(path);
  chmodSync(path, 0o640);
  expect(await openToAll(dir)).toBeNull();
  chmodSync(path, 0o644);
  chmodSync(dir, 0o750);
  expect(await openToAll(dir)).toBeNull();
});

it('rules without numbers or keys, a directory that is not there and a file instead of one are not named', async () => {
  const dir = rules({ 'policy.yaml': 'url: https://feeds.example.org/list.csv', 'lists/none.txt': '911\n' });
  expect(await openToAll(dir)).toBeNull();
  expect(await openToAll(join(dir, 'nowhere'))).toBeNull();
  expect(await openToAll(join(dir, 'policy.yaml'))).toBeNull();
});

it('is told once with the remedy, and gone when it is put right', async () => {
  const dir = rules({ 'lists/blocked.txt': '+13175550123' });
  const log = new RecordingLog();
  const watch = new ExposedRules(dir, log);
  await vi.waitFor(() => expect(watch.found()).toHaveLength(1));
  await watch.look();
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { remedy: expect.stringContaining('chmod') } }]);
  chmodSync(dir, 0o750);
  await watch.look();
  expect(watch.found()).toEqual([]);
  watch.close();
});
