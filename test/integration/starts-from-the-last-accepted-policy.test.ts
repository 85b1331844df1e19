import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { LivePolicy, RulesRefused } from '../../src/rules/live-policy.ts';
import { noon } from '../policy/policy-fixture.ts';

let dir: string;
let data: string;
let live: LivePolicy | null = null;
let lists: ListLibrary | null = null;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-rules-'));
  data = mkdtempSync(join(tmpdir(), 'gatehouse-data-'));
  cpSync('rules', dir, { recursive: true });
});
afterEach(async () => {
  await stop();
  for (const one of [dir, data]) rmSync(one, { recursive: true, force: true });
});

const accepted = () => join(data, 'accepted');
const kept = () => (existsSync(accepted()) ? readdirSync(accepted()).sort() : []);
const policyFile = () => join(dir, 'policy.yaml');
const waitFor = (check: () => void) => vi.waitFor(check, { timeout: 90_000, interval: 20 });

async function start(): Promise<LivePolicy> {
  lists = new ListLibrary({ dir: join(data, 'lists'), serving: true });
  live = await LivePolicy.open(dir, { lists, accepted: accepted() });
  return live;
}

/** Started, and its policy kept. */
async function startAndKeep(): Promise<LivePolicy> {
  const started = await start();
  await waitFor(() => expect(started.status().kept).toMatchObject({ error: null }));
  return started;
}

async function stop(): Promise<void> {
  live?.close();
  await lists?.close();
  live = null;
  lists = null;
}

function isBlocked(number: string): boolean {
  return (live?.current().lists.get('blocked')?.find(number, noon) ?? null) !== null;
}

it('a start with broken rules goes on with the policy that was accepted, its lists included, and says so', async () => {
  appendFileSync(join(dir, 'lists/blocked.txt'), '+1 317 555 0188\n');
  const { version } = (await startAndKeep()).current();
  await stop();
  appendFileSync(policyFile(), '  - { id: broken, then: nonsense }\n');
  writeFileSync(join(dir, 'lists/blocked.txt'), '+1 317 555 0177\n');

  const started = await start();
  expect(started.current().version).toBe(version);
  expect(isBlocked('+13175550188')).toBe(true);
  expect(isBlocked('+13175550177')).toBe(false);
  const { standIn, refused } = started.status();
  expect(standIn?.keptAt).toBeGreaterThan(Date.now() - 60_000);
  expect(refused?.problems.length).toBeGreaterThan(0);
  expect(started.lastError).not.toBeNull();
});

it('a mended edit is followed, and ends the stand-in', async () => {
  await startAndKeep();
  await stop();
  const good = readFileSync(policyFile(), 'utf8');
  writeFileSync(policyFile(), `${good}\n  - nonsense`);
  const started = await start();
  started.watch();
  writeFileSync(policyFile(), `${good}\n# mended\n`);
  await waitFor(() => expect(started.status().standIn).toBeNull());
  expect(started.status().refused).toBeNull();
});

it('a rule directory that is gone is no reason to stop screening', async () => {
  await startAndKeep();
  await stop();
  rmSync(dir, { recursive: true });
  expect((await start()).status().standIn).not.toBeNull();
});

it('without an accepted policy broken rules end the start', async () => {
  appendFileSync(policyFile(), '\n  - nonsense');
  await expect(start()).rejects.toThrow(RulesRefused);
});

it('a copy that is damaged is found out, and the one before it stands in', async () => {
  const first = (await startAndKeep()).current().version;
  appendFileSync(policyFile(), '\n# second\n');
  await live?.reload();
  const second = live?.current().version;
  await waitFor(() => expect(live?.status().kept).toMatchObject({ version: second, error: null }));
  await stop();
  appendFileSync(policyFile(), '\n  - nonsense');
  const [older = '', newer = ''] = kept();
  const damages: (() => void)[] = [
    () => appendFileSync(join(accepted(), newer, 'rules/policy.yaml'), '# more'),
    () => truncateSync(join(accepted(), newer, 'rules/lists/blocked.txt'), 5),
    () => writeFileSync(join(accepted(), newer, 'manifest.json'), '{"half":'),
    () => rmSync(join(accepted(), newer, 'manifest.json')),
  ];
  const whole = join(data, 'whole');
  cpSync(accepted(), whole, { recursive: true });
  for (const damage of damages) {
    damage();
    expect((await start()).current().version).toBe(first);
    await stop();
    rmSync(accepted(), { recursive: true });
    cpSync(whole, accepted(), { recursive: true });
  }
  expect((await start()).current().version).toBe(second);
  await stop();
  for (const one of [older, newer]) rmSync(join(accepted(), one, 'rules/prompts.yaml'));
  await expect(start()).rejects.toThrow(RulesRefused);
});

it('two copies are kept, and a folder that was not finished is cleared away', async () => {
  mkdirSync(join(accepted(), '.unfinished-1', 'rules'), { recursive: true });
  await startAndKeep();
  for (let edit = 0; edit < 3; edit++) {
    appendFileSync(policyFile(), `\n# ${edit}\n`);
    await live?.reload();
    const version = live?.current().version;
    await waitFor(() => expect(live?.status().kept).toMatchObject({ version, error: null }));
  }
  expect(kept()).toHaveLength(2);
});

it('a folder that cannot be written is told and stops nothing', async () => {
  writeFileSync(accepted(), 'a file');
  const started = await start();
  await waitFor(() => expect(started.status().kept?.error).toContain('EEXIST'));
  expect(started.current().rules.length).toBeGreaterThan(0);
});

it('killed at any moment, the next start has a policy', async () => {
  await startAndKeep();
  await stop();
  const program = join(import.meta.dirname, 'keeps-policies.ts');
  for (let round = 0; round < 3; round++) {
    const child = spawn(process.execPath, [program, dir, data], { stdio: ['ignore', 'pipe', 'inherit'] });
    for (let line = 0; line <= round; line++) await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const good = readFileSync(policyFile(), 'utf8');
    writeFileSync(policyFile(), `${good}\n  - nonsense`);
    expect((await start()).status().standIn).not.toBeNull();
    await stop();
    writeFileSync(policyFile(), good);
  }
}, 120_000);
