import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AsteriskProbe } from '../../src/doctor/asterisk-probe.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { access } from '../../src/doctor/groups/access.ts';
import { clock } from '../../src/doctor/groups/clock.ts';
import { lists } from '../../src/doctor/groups/lists.ts';
import type { Site } from '../../src/doctor/site.ts';
import { Tokens } from '../../src/report/access/tokens.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const day = 86_400_000;
const http = { host: '127.0.0.1', port: 1 };

async function wrong(
  group: (site: Site) => AsyncIterable<Finding>,
  settings: Record<string, unknown>,
  asterisk: Partial<AsteriskProbe> | null = null,
): Promise<string[]> {
  const site = { settings: { http, access: { publicUrl: null, trustedProxies: [] }, ...settings }, asterisk };
  const found: Finding[] = [];
  for await (const one of group(site as unknown as Site)) found.push(one);
  return found.filter(({ level }) => level !== 'ok').map(({ id, level }) => `${level} ${id}`);
}

test('lists that are refused, empty, or that nobody keeps any more', async () => {
  const data = temporaryFolder();
  const now = Date.now();
  const well = { kind: 'feed', size: 9, contentAt: now - day, checkedAt: now, lastError: null };
  const all = [
    { ...well, id: 'well' },
    { ...well, id: 'refused', lastError: { at: now, code: 'x', message: 'not a list' } },
    { ...well, id: 'empty', size: 0 },
    { ...well, id: 'silent', checkedAt: now - 4 * day },
    { ...well, id: 'old', contentAt: now - 100 * day },
    { ...well, id: 'own', kind: 'file', checkedAt: now - 400 * day, contentAt: now - 400 * day },
  ];
  mkdirSync(join(data, 'lists'));
  writeFileSync(join(data, 'lists', 'status.json'), JSON.stringify({ lists: all }));
  expect(await wrong(lists, { data })).toEqual([
    'warning lists.refused.refused',
    'warning lists.empty.empty',
    'warning lists.unchecked.silent',
    'warning lists.unchanged.old',
  ]);
});

test('a token that expires soon, broken tokens, pages without TLS', async () => {
  const data = temporaryFolder();
  const tokens = new Tokens(data);
  await tokens.create({ name: 'grafana', role: 'viewer', lastsMs: 3 * day }, Date.now());
  await tokens.create({ name: 'later', role: 'viewer', lastsMs: 300 * day }, Date.now());
  expect(await wrong(access, { data })).toEqual(['warning access.token-expires.grafana']);
  writeFileSync(join(data, 'tokens.json'), '{');
  const open = { data, http: { host: '0.0.0.0', port: 1 } };
  expect(await wrong(access, open)).toEqual(['error access.tokens', 'warning access.address']);
});

test('records that every user can read', async () => {
  // Not TMPDIR, which only its owner may pass.
  const data = join('/tmp', `gatehouse-access-${process.pid}`);
  mkdirSync(data, { mode: 0o755 });
  try {
    writeFileSync(join(data, 'calls'), '+13175550142');
    chmodSync(join(data, 'calls'), 0o644);
    expect(await wrong(access, { data })).toEqual(['error access.data']);
    chmodSync(data, 0o700);
    expect(await wrong(access, { data })).toEqual([]);
  } finally {
    rmSync(data, { recursive: true });
  }
});

test("Asterisk's clock", async () => {
  const redisUrl = 'redis://127.0.0.1:1';
  const at = (aheadS: number) => ({ read: async () => String(Math.floor(Date.now() / 1000) + aheadS) });
  expect(await wrong(clock, { redisUrl }, at(0))).toEqual(['unknown clock.redis']);
  expect(await wrong(clock, { redisUrl }, at(60))).toEqual(['warning clock.asterisk', 'unknown clock.redis']);
});
