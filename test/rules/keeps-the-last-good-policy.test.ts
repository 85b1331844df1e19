import { cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ReloadResult } from '../../src/policy/policy-status.ts';
import { LivePolicy, RulesRefused } from '../../src/rules/live-policy.ts';

let dir: string;
let live: LivePolicy | null = null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
  await cp('rules', dir, { recursive: true });
});

afterEach(async () => {
  live?.close();
  live = null;
  await rm(dir, { recursive: true, force: true });
});

async function edit(path: string, change: (text: string) => string): Promise<void> {
  await writeFile(join(dir, path), change(await readFile(join(dir, path), 'utf8')));
}

it('refuses to open broken rules and tells every place', async () => {
  await edit('policy.yaml', (text) => text.replace('id: blocked', 'id: staff'));
  const refused = await LivePolicy.open(dir).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RulesRefused);
  expect(refused).toMatchObject({ code: 'rules-refused', problems: [{ code: 'duplicate-id' }] });
  expect(String(refused)).toContain(`${dir}/policy.yaml:`);
});

it('puts a good edit in force and keeps the last good policy through a bad one', async () => {
  live = await LivePolicy.open(dir);
  const results: ReloadResult[] = [];
  live.onReload(() => {
    throw new Error('a listener of somebody else');
  });
  live.onReload((result) => results.push(result));
  const first = live.current();

  await edit('policy.yaml', (text) => text.replace('attempts: 2', 'attempts: 1'));
  expect(await live.reload()).toMatchObject({ ok: true, changed: true, problems: [] });
  const second = live.current();
  expect(second.version).not.toBe(first.version);

  await edit('policy.yaml', (text) => text.replace('attempts: 1', 'attempts: 33'));
  expect(await live.reload()).toMatchObject({ ok: false, changed: false, version: second.version });
  expect(live.current()).toBe(second);
  expect(live.lastError).toMatchObject([{ severity: 'error', message: 'attempts cannot be 33' }]);

  await rm(join(dir, 'policy.yaml'));
  expect(await live.reload()).toMatchObject({ ok: false });
  expect(live.current()).toBe(second);

  await writeFile(join(dir, 'policy.yaml'), await readFile('rules/policy.yaml'));
  expect(await live.reload()).toMatchObject({ ok: true });
  expect(live.lastError).toBeNull();
  expect(live.current().version).toBe(first.version);
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, true]);
});

it('a reload that is asked for while one runs sees what was written meanwhile', async () => {
  live = await LivePolicy.open(dir);
  const running = live.reload();
  await edit('lists/blocked.txt', (text) => `${text}+1 317 555 0189\n`);
  const [, , last] = await Promise.all([running, live.reload(), live.reload()]);
  expect(last.ok).toBe(true);
  expect(live.current().lists.get('blocked')?.find('+13175550189', 0)).not.toBeNull();
});

it('follows edits of the rules and of the lists, also when files are replaced', async () => {
  live = await LivePolicy.open(dir, { debounceMs: 20 });
  live.watch();
  const blocks = (number: string) => () =>
    expect(live?.current().lists.get('blocked')?.find(number, 0)).not.toBeNull();

  await edit('lists/blocked.txt', (text) => `${text}+1 317 555 0188\n`);
  await vi.waitFor(blocks('+13175550188'), 90_000);

  const list = join(dir, 'lists/blocked.txt');
  await writeFile(`${list}.new`, '+1 317 555 0187\n');
  await rename(`${list}.new`, list);
  await vi.waitFor(blocks('+13175550187'), 90_000);

  // The cases name the rule: they must follow, or the rules are refused.
  await edit('policy.yaml', (text) => text.replace('id: everyone-else', 'id: all-others'));
  await vi.waitFor(() => expect(live?.lastError?.map(({ code }) => code)).toContain('case-failed'), 90_000);
  expect(live.current().rules.at(-1)?.id).toBe('everyone-else');
  await edit('cases/callers.yaml', (text) => text.replaceAll('everyone-else', 'all-others'));
  await vi.waitFor(() => expect(live?.current().rules.at(-1)?.id).toBe('all-others'), 90_000);

  await edit('policy.yaml', (text) => text.replace('rules:', 'rulez:'));
  await vi.waitFor(() => expect(live?.lastError).not.toBeNull(), 90_000);
  expect(live.current().rules.at(-1)?.id).toBe('all-others');
});
