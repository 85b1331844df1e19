import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { fileList, noon, tempDir } from './list-fixture.ts';

async function rulesWith(text: string): Promise<string> {
  const root = tempDir();
  await mkdir(join(root, 'lists'));
  await writeFile(join(root, 'lists/a.csv'), text);
  return root;
}

const declared = [fileList('a', 'lists/a.csv')];
const good = 'number,name\n+13175550140,A\n';

function library(dir: string | null, serving = true): ListLibrary {
  return new ListLibrary({ dir, serving });
}

async function open(lists: ListLibrary, root: string) {
  const ready = (await lists.open(declared, 'US', root, root)).get('a');
  const [status] = lists.status();
  return {
    has: ready?.list?.find('+13175550140', noon) ?? null,
    problems: ready?.problems ?? [],
    status,
    ready,
  };
}

it('through a file that became unreadable, and tells it', async () => {
  const root = await rulesWith(good);
  const lists = library(tempDir());
  expect(await open(lists, root)).toMatchObject({
    has: { name: 'A' },
    problems: [],
    status: { lastError: null },
  });
  for (const broken of ['number,name\n+13175550141,"open\n', 'telephone\n+13175550141\n']) {
    writeFileSync(join(root, 'lists/a.csv'), broken);
    const { has, problems, status } = await open(lists, root);
    expect(has).toEqual({ name: 'A' });
    expect(problems).toMatchObject([{ severity: 'warning', file: `${root}/lists/a.csv` }]);
    expect(problems[0]?.message).toContain('the last good list "a" stays in force');
    expect(status?.lastError?.message).toMatch(/^line \d: /);
  }
  rmSync(join(root, 'lists/a.csv'));
  expect(await open(lists, root)).toMatchObject({
    has: { name: 'A' },
    status: { lastError: { code: 'missing-file' } },
  });
  writeFileSync(join(root, 'lists/a.csv'), good.replace('A', 'B'));
  expect(await open(lists, root)).toMatchObject({
    has: { name: 'B' },
    problems: [],
    status: { lastError: null },
  });
});

it('over a restart, but not for a command that checks the files', async () => {
  const root = await rulesWith(good);
  const dir = tempDir();
  await open(library(dir), root);
  writeFileSync(join(root, 'lists/a.csv'), 'number\n"open\n');
  expect(await open(library(dir), root)).toMatchObject({
    has: { name: 'A' },
    problems: [{ severity: 'warning' }],
  });
  expect(await open(library(dir, false), root)).toMatchObject({
    problems: [{ severity: 'error', code: 'csv-syntax' }],
  });
});

it('without a last good list a bad file is an error', async () => {
  const root = await rulesWith('number\n"open\n');
  expect(await open(library(tempDir()), root)).toMatchObject({ problems: [{ severity: 'error', line: 2 }] });
});

it('a cached image is used for the same bytes, and one that is damaged is made anew', async () => {
  const root = await rulesWith(good);
  const dir = tempDir();
  expect((await open(library(dir), root)).status).toMatchObject({ fromCache: false });
  expect((await open(library(dir), root)).status).toMatchObject({ fromCache: true, size: 1 });
  const [image = ''] = readdirSync(dir).filter((name) => name.endsWith('.list'));
  const whole = readFileSync(join(dir, image));
  for (const at of [0, 5, 9, 40, whole.length - 3]) {
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    writeFileSync(join(dir, image), damaged);
    expect(await open(library(dir), root)).toMatchObject({
      has: { name: 'A' },
      status: { fromCache: false },
    });
  }
  writeFileSync(join(dir, image), whole.subarray(0, whole.length - 1));
  expect((await open(library(dir), root)).status).toMatchObject({ fromCache: false });
  expect(readFileSync(join(dir, image))).toEqual(whole);
});

it('another content leaves one image, and what did not change is not read again', async () => {
  const root = await rulesWith(good);
  const dir = tempDir();
  const lists = library(dir);
  const first = await open(lists, root);
  expect((await open(lists, root)).ready).toBe(first.ready);
  writeFileSync(join(root, 'lists/a.csv'), `${good}+13175550142,C\n`);
  const second = await open(lists, root);
  expect(second.ready?.digest).not.toBe(first.ready?.digest);
  expect(readdirSync(dir).filter((name) => name.endsWith('.list'))).toHaveLength(1);
});

it('a directory that cannot be written stops nothing', async () => {
  const root = await rulesWith(good);
  const file = join(tempDir(), 'file');
  writeFileSync(file, '');
  const lists = library(join(file, 'below'));
  expect(await open(lists, root)).toMatchObject({ has: { name: 'A' }, problems: [] });
  lists.follow(declared, 'US');
  await lists.close();
});
