import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LivePolicy } from '../../src/rules/live-policy.ts';

const broken = 'test/fixtures/broken-rules';
let dir: string;
let live: LivePolicy | null = null;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-broken-'));
});

afterEach(async () => {
  live?.close();
  live = null;
  await rm(dir, { recursive: true, force: true });
});

async function replaceBy(source: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await cp(source, dir, { recursive: true });
}

it('each of thirty and more is refused at reload with its place and remedy, and the running policy stays', async () => {
  await replaceBy('rules');
  live = await LivePolicy.open(dir);
  const running = live.current();
  const names = await readdir(broken);
  expect(names.length).toBeGreaterThanOrEqual(30);
  for (const name of names) {
    await replaceBy(`${broken}/${name}`);
    const { ok, changed, version } = await live.reload();
    expect([name, ok, changed, version]).toEqual([name, false, false, running.version]);
    expect(live.current()).toBe(running);
    const [first] = live.lastError ?? [];
    expect(first?.severity).toBe('error');
    expect(first?.file.startsWith(dir)).toBe(true);
    expect([first?.line, first?.column].every((place) => Number(place) >= 1)).toBe(true);
    expect(first?.remedy).not.toBe('');
  }
  await replaceBy('rules');
  expect(await live.reload()).toMatchObject({ ok: true, version: running.version });
  expect(live.lastError).toBeNull();
});
