import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CallRecord } from '../../src/call/call-records.ts';
import type { AsteriskProbe } from '../../src/doctor/asterisk-probe.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { access } from '../../src/doctor/groups/access.ts';
import { clock } from '../../src/doctor/groups/clock.ts';
import { lists } from '../../src/doctor/groups/lists.ts';
import type { Site } from '../../src/doctor/site.ts';
import type { NumberList } from '../../src/policy/number-list.ts';
import { Tokens } from '../../src/report/access/tokens.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';
import { compileList } from '../lists/compile-list.ts';

const day = 86_400_000;
const http = { host: '127.0.0.1', port: 1 };

async function wrong(
  group: (site: Site) => AsyncIterable<Finding>,
  settings: Record<string, unknown>,
  asterisk: Partial<AsteriskProbe> | null = null,
  others: object = {},
): Promise<string[]> {
  const all = { http, access: { publicUrl: null, trustedProxies: [] }, ...settings };
  const site = { records: null, rules: { policy: null }, settings: all, asterisk, ...others };
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

/** An outcome of so many days ago, by its caller's number. */
function called(daysAgo: number, number: string): CallRecord {
  const facts = sampleFacts(`n1/${daysAgo}`, { now: Date.now() - daysAgo * day });
  const outcome = sampleOutcome('n1/1', { facts: { ...facts, caller: { ...facts.caller, number } } });
  return { outcome, afterExit: null };
}

const listOf = (id: string, number: string): [string, NumberList] => [
  id,
  compileList({ id, file: `${id}.csv`, text: `number\n${number}\n` }, 'US').list,
];
const rules = {
  policy: {
    lists: new Map([
      listOf('customers', '+13175550123'),
      listOf('departments', '+1317555000*'),
      listOf('scammers', '+12125550199'),
    ]),
  },
};

test('lists in which no number of ninety days stands, once the records go back so far', async () => {
  const data = temporaryFolder();
  const young = new MemoryCallRecords([called(80, '+13175550123'), called(3, '+13175550123')]);
  expect(await wrong(lists, { data }, null, { records: young, rules })).toEqual([]);
  const old = new MemoryCallRecords([called(89, '+12125550199'), called(3, '+13175550123')]);
  expect(await wrong(lists, { data }, null, { records: old, rules })).toEqual([]);
  const older = new MemoryCallRecords([called(91, '+12125550199'), called(3, '+13175550123')]);
  expect(await wrong(lists, { data }, null, { records: older, rules })).toEqual([
    'warning lists.unmatched.scammers',
  ]);
  const pseudonyms = new MemoryCallRecords([called(91, 'p-1'), called(3, 'p-2')]);
  expect(await wrong(lists, { data }, null, { records: pseudonyms, rules })).toEqual([]);
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
