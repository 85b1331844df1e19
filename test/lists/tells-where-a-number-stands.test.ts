import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { declaredLists } from '../../src/policy/compile/declared-lists.ts';
import { tempDir } from './list-fixture.ts';

// Programs start slowly on a busy machine.
vi.setConfig({ testTimeout: 40_000 });

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function gatehouse(...args: string[]): Promise<Ran> {
  const all = ['src/cli/gatehouse.ts', 'lists', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

/** The shipped rules and a feed that never came. */
function rulesDir(): string {
  const dir = join(tempDir(), 'rules');
  cpSync('rules', dir, { recursive: true });
  const policy = readFileSync(join(dir, 'policy.yaml'), 'utf8');
  const feed =
    'lists:\n  scam: { url: "https://feeds.example/scam.csv", every: 6h, format: ftc-complaints }\n';
  writeFileSync(join(dir, 'policy.yaml'), policy.replace('lists:\n', feed));
  return dir;
}

it('in each list, with its line, name, note and expiry', async () => {
  const rules = rulesDir();
  const data = tempDir();
  const where = ['--rules', rules, '--data', data];
  const [found, json, nowhere, nobody] = await Promise.all([
    gatehouse('find', '(317) 555-0122', ...where),
    gatehouse('find', '+14635550182', ...where, '--json'),
    gatehouse('find', '+12125550160', ...where),
    gatehouse('find', 'nobody', ...where),
  ]);
  expect(found.stdout).toBe(
    `+13175550122 is on\n  staff (${rules}/lists/staff.csv:4), "Locum desk", note: agency contract ends, expires 2027-04-01T00:00:00.000Z\n`,
  );
  expect(JSON.parse(json.stdout)).toMatchObject({
    number: '+14635550182',
    standings: [
      {
        list: 'blocked',
        kind: 'range',
        pattern: '+14635550181..+14635550183',
        name: 'Vendor robot',
        line: 3,
      },
    ],
  });
  expect(nowhere.stdout).toBe('+12125550160 is not on any list\n');
  expect(nobody).toMatchObject({ code: 1, stderr: 'error: "nobody" is not a phone number\n' });
  expect(readdirSync(data)).toEqual([]);
});

it('sizes, ages and errors of all lists, and what the serving process says of its feeds', async () => {
  const rules = rulesDir();
  const data = tempDir();
  const { lists, region } = declaredLists(readFileSync(join(rules, 'policy.yaml'), 'utf8'));
  if (!region) throw new Error('the rules are refused');
  mkdirSync(join(data, 'lists'));
  const fetch = async () =>
    Promise.reject(Object.assign(new Error('the server answered 503'), { code: 'feed-status' }));
  const serving = new ListLibrary({ dir: join(data, 'lists'), serving: true, fetch });
  await serving.open(lists, region, rules, rules);
  serving.follow(lists, region);
  await expect.poll(() => serving.status()[0]?.lastError?.code, { timeout: 10_000 }).toBe('feed-status');
  await serving.close();

  const text = (await gatehouse('--rules', rules, '--data', data)).stdout;
  expect(text).toMatch(
    /^list +numbers +prefixes +skipped +age +next +source\nscam +- +- +- +never +(?:due|in \d+ \w+)/,
  );
  expect(text).toContain('ago: the server answered 503 (feed-status)\n');
  expect(text).toMatch(/^customers +2 +1 +0 +\d+ min +.*lists\/customers\.csv$/m);
  const json = JSON.parse((await gatehouse('--rules', rules, '--data', data, '--json')).stdout);
  expect(json.lists).toMatchObject([
    { id: 'scam', kind: 'feed', size: null, lastError: { code: 'feed-status' } },
    { id: 'emergency', size: 4, fromCache: true },
    { id: 'blocked', size: 2 },
    { id: 'relay' },
    { id: 'staff', size: 3 },
    { id: 'customers', size: 3 },
  ]);
});
