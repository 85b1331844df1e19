import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DateTime, Settings } from 'luxon';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepLocalTime } from '../../src/app/local-time.ts';
import { readLocalZone } from '../../src/process/local-zone.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import { RecordingLog } from '../fakes/recording-log.ts';

let dir: string;
let live: LivePolicy | null = null;
const zone = Settings.defaultZone;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-reloads-'));
  await cp('rules', join(dir, 'rules'), { recursive: true });
});

afterEach(async () => {
  Settings.defaultZone = zone;
  live?.close();
  live = null;
  await rm(dir, { recursive: true, force: true });
});

const reloads = () => join(dir, 'data', 'policy', 'reloads.json');

async function restart(): Promise<LivePolicy> {
  live?.close();
  live = await LivePolicy.open(join(dir, 'rules'), { reloads: reloads() });
  return live;
}

async function edit(change: (text: string) => string): Promise<void> {
  const path = join(dir, 'rules', 'policy.yaml');
  await writeFile(path, change(await readFile(path, 'utf8')));
}

it('with their errors; what was mended or changed while Gatehouse was away is told too', async () => {
  const first = await restart();
  const since = first.status().loadedAt;
  await edit((text) => text.replace('attempts: 2', 'attempts: 33'));
  await first.reload();
  expect(first.status().refused).not.toBeNull();
  expect((await stat(reloads())).mode & 0o777).toBe(0o600);

  await edit((text) => text.replace('attempts: 33', 'attempts: 2'));
  const mended = (await restart()).status();
  expect(mended.refused).toBeNull();
  expect(mended.loadedAt).toBe(since);
  expect(mended.reloads).toMatchObject([
    { ok: false, problems: [{ message: 'attempts cannot be 33', severity: 'error' }] },
  ]);

  await edit((text) => text.replace('attempts: 2', 'attempts: 1'));
  const changed = (await restart()).status();
  expect(changed.reloads.map(({ ok, before, version }) => [ok, before, version])).toEqual([
    [true, mended.version, changed.version],
    [false, mended.version, mended.version],
  ]);
  expect(changed.loadedAt).toBeGreaterThan(since);
});

it('one that a stop breaks off is none', async () => {
  const log = new RecordingLog();
  const stopped = await LivePolicy.open(join(dir, 'rules'), { reloads: reloads(), log });
  await edit((text) => text.replace('attempts: 2', 'attempts: 1'));
  const reloading = stopped.reload();
  stopped.close();
  expect(await reloading).toMatchObject({ ok: false, changed: false });
  expect(log.messages('error')).toEqual([]);
  expect(stopped.status().reloads).toEqual([]);
});

it('without the numbers of people; a file that cannot be read is begun anew', async () => {
  const first = await restart();
  await edit((text) => `${text}\n# \nnonsense-of-+13175550187: 1\n`);
  await first.reload();
  expect(JSON.stringify(first.status().reloads)).toContain('13175550187');
  expect(await readFile(reloads(), 'utf8')).not.toContain('13175550187');
  await edit((text) => text.slice(0, text.indexOf('\n# \n')));
  for (const broken of [
    '{',
    '{"version":1}',
    'null',
    '{"version":"a","loadedAt":1,"records":[{"at":"x"}]}',
  ]) {
    await writeFile(reloads(), broken);
    expect((await restart()).status().reloads.filter(({ before }) => before !== 'a')).toEqual([]);
  }
});

it('local time is that of the rules in force', async () => {
  const policy = await restart();
  keepLocalTime(policy, join(dir, 'data'), { warn: () => undefined });
  const { timeZone } = policy.current().settings;
  expect(timeZone).not.toBeNull();
  expect(DateTime.local().zoneName).toBe(timeZone);
  await edit((text) => text.replace(/time-zone: \S+/, 'time-zone: Asia/Kathmandu'));
  await policy.reload();
  expect(DateTime.local().zoneName).toBe('Asia/Kathmandu');
  await vi.waitFor(async () => expect(await readLocalZone(join(dir, 'data'))).toBe('Asia/Kathmandu'));
});
