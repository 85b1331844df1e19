import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerActions } from '../../src/history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { callerNames } from '../../src/privacy/caller-names.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { callerKeys } from '../../src/redis/redis-keys.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { flagCalls, undoAction } from '../../src/report/web/callers/action-desk.ts';
import { runCli } from '../cli/run-cli.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisClusterProcesses } from '../fakes/redis-cluster-processes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const caller = '+13175550123';
const dayMs = 86_400_000;
const now = Date.now();

let server: RedisProcess;
let redis: RedisClient;
let data: string;

beforeAll(async () => {
  server = await RedisProcess.start();
  data = await mkdtemp(join(tmpdir(), 'gatehouse-flags-'));
});
afterAll(async () => {
  await server.remove();
  await rm(data, { recursive: true, force: true });
});
beforeEach(async () => {
  await server.admin.flushall();
  redis = await connected(server.url);
});
afterEach(() => redis.disconnect());

async function connected(url: string): Promise<RedisClient> {
  const client = connectRedis(url, new RecordingLog());
  await redisReady(client, 10_000);
  return client;
}

/** Records a call of the caller. */
async function call(id: string, to = redis, key: string | null = null, number: string | null = caller) {
  const facts = sampleFacts(id, {
    now: now - 60_000,
    sipCallId: `${id.slice(3)}@carrier.example`,
    caller: { number, reason: number === null ? 'withheld' : null, raw: '', displayName: '' },
  });
  const outcome = callerNames(key).outcome(sampleOutcome(id, { facts }));
  await new RedisCallStore(to, dayMs).write([{ id: 1, callId: id, kind: 'outcome', outcome }]);
}

/** What rules see of the caller's next call. */
async function seen(from = redis, key: string | null = null) {
  const facts = sampleFacts('n1/next', { now });
  return (await new RedisCallerHistory(from, callerNames(key)).read(facts, 1_000)).flags;
}

const contents = async () => ({
  flags: await server.admin.hgetall(callerKeys(caller).flags),
  flagged: (await server.admin.smembers(callerKeys(caller).flagged)).sort(),
});

const run = (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  reason = ['--reason', 'asked for a PIN'],
) =>
  runCli(['flag', ...args, ...(args.includes('--remove') ? [] : reason)], {
    env: { GATEHOUSE_REDIS_URL: server.url, GATEHOUSE_DATA: data, ...env },
  });

test('to say a word and to take it back may each be repeated; what was said of other calls stays', async () => {
  const flags = new RedisCallerFlags(redis);
  await flags.flag(caller, 'scam', 'n1/1', now);
  await flags.flag(caller, 'scam', 'n1/2', now);
  await flags.flag(caller, 'wanted', 'n1/2', now);
  const before = await contents();
  expect(await flags.read(caller, 'n1/2')).toMatchObject({
    ofCall: ['scam', 'wanted'],
    ofCaller: { scam: 2, wanted: 1 },
  });
  expect(await flags.flag(caller, 'sales', 'n1/1', now)).toBe(true);
  expect(await flags.takeBack(caller, 'sales', 'n1/1')).toBe(true);
  for (let n = 0; n < 3; n++) expect(await flags.takeBack(caller, 'sales', 'n1/1')).toBe(false);
  expect(await contents()).toEqual(before);
  expect(await flags.takeBack(caller, 'scam', 'n1/2')).toBe(true);
  expect(await seen()).toEqual({ scam: 1, wanted: 1 });
  const { until } = await flags.read(caller, 'n1/1');
  expect((until ?? 0) - now).toBeGreaterThan(364 * dayMs);
});

test('the last one taken back leaves no key, and nothing is read of who was never flagged', async () => {
  const flags = new RedisCallerFlags(redis);
  await flags.flag(caller, 'scam', 'n1/1', now);
  await flags.takeBack(caller, 'scam', 'n1/1');
  expect(await server.admin.keys('*')).toEqual([]);
  expect(await flags.read(caller, 'n1/1')).toEqual({ ofCall: [], ofCaller: {}, until: null });
  await flags.takeBack(caller, 'scam', 'n1/1');
  expect(await server.admin.keys('*')).toEqual([]);
});

test('what was lost to eviction is taken back all the same, never below nothing', async () => {
  const flags = new RedisCallerFlags(redis);
  await flags.flag(caller, 'scam', 'n1/1', now);
  await server.admin.del(callerKeys(caller).flags);
  expect(await flags.takeBack(caller, 'scam', 'n1/1')).toBe(true);
  expect(await server.admin.keys('*')).toEqual([]);
});

test('a key of another type is not touched', async () => {
  await server.admin.set(callerKeys(caller).flags, 'not a hash');
  const flags = new RedisCallerFlags(redis);
  await new RedisCallerFlags(redis).flag('+13175550124', 'scam', 'n1/1', now);
  await expect(flags.flag(caller, 'scam', 'n1/1', now)).rejects.toThrow('WRONGTYPE');
  await expect(flags.takeBack(caller, 'scam', 'n1/1')).rejects.toThrow('WRONGTYPE');
  expect(await server.admin.exists(callerKeys(caller).flagged)).toBe(0);
});

test('on a Cluster of three masters, by any of its nodes', async () => {
  const cluster = await RedisClusterProcesses.start();
  onTestFinished(() => cluster.remove());
  const client = await connected(cluster.url);
  onTestFinished(() => client.disconnect());
  const flags = new RedisCallerFlags(client);
  for (let n = 0; n < 20; n++) {
    const number = `+131755501${String(n).padStart(2, '0')}`;
    expect(await flags.flag(number, 'scam', 'n1/1', now)).toBe(true);
    expect(await flags.flag(number, 'sales', 'n1/1', now)).toBe(true);
    expect(await flags.takeBack(number, 'sales', 'n1/1')).toBe(true);
    expect(await flags.read(number, 'n1/1')).toMatchObject({ ofCall: ['scam'], ofCaller: { scam: 1 } });
  }
  await call('n1/1', client);
  const said = await run(['n1/1', 'wanted'], { GATEHOUSE_REDIS_URL: cluster.url });
  expect([said.exitCode, said.stderr]).toEqual([0, '']);
  expect(await seen(client)).toMatchObject({ wanted: 1 });
});

test('gatehouse flag: by call id or SIP Call-ID, says what rules see, and that it was said before', async () => {
  await call('n1/1');
  await call('n1/2');
  const said = await run(['n1/1', 'scam']);
  expect(said).toMatchObject({ exitCode: 0, stderr: '' });
  expect(said.stdout).toMatch(
    /^Call n1\/1 from \+1317•••••23 is flagged as scam\.\nOn the next call, rules see these flags of the caller \(history: flagged\): scam 1, until \d{4}-\d\d-\d\d\.\n$/,
  );
  expect((await run(['2@carrier.example', 'scam'])).stdout).toContain('scam 2, until');
  expect((await run(['n1/2', 'scam'])).stdout).toContain(
    'Call n1/2 from +1317•••••23 is already flagged as scam.',
  );
  expect(await seen()).toEqual({ scam: 2 });
  expect(JSON.parse((await run(['n1/2', 'sales', '--json'])).stdout)).toMatchObject({
    ...{ callId: 'n1/2', caller: '+1317•••••23', word: 'sales', done: 'flagged', isNew: true },
    flags: { ofCall: ['sales', 'scam'], ofCaller: { sales: 1, scam: 2 } },
  });
});

test('--remove takes a slip of the finger back; what was never said is an error', async () => {
  await call('n1/1');
  await run(['n1/1', 'scam']);
  const back = await run(['n1/1', 'scam', '--remove']);
  expect(back).toMatchObject({ exitCode: 0, stderr: '' });
  expect(back.stdout).toContain('is no longer flagged as scam.\nOn the next call, rules see no flag');
  expect(await seen()).toEqual({});
  const again = await run(['n1/1', 'scam', '--remove']);
  expect([again.exitCode, again.stderr]).toEqual([1, 'error: "n1/1" was not flagged as scam\n']);
});

test('it needs a reason, and is undone in the browser; what the browser flagged is undone here', async () => {
  await call('n1/1');
  const without = await run(['n1/1', 'scam'], {}, []);
  expect([without.exitCode, without.stderr]).toEqual([
    ...[1, 'error: --reason: give a reason; others will read it\n'],
  ]);
  expect(await seen()).toEqual({});
  const actions = new RedisCallerActions(redis);
  await run(['n1/1', 'scam']);
  const [kept] = await actions.of(caller);
  expect(kept).toMatchObject({
    what: 'flag',
    word: 'scam',
    calls: ['n1/1'],
    why: 'asked for a PIN',
    undone: null,
  });
  const flags = new RedisCallerFlags(redis);
  const desk = { flags, actions, actor: { who: 'Ann', isAdmin: false }, now, note: async () => {} };
  await undoAction(desk, {}, { caller, callId: 'n1/1' }, kept?.id ?? '');
  expect(await seen()).toEqual({});
  await flagCalls(desk, [{ caller, callId: 'n1/1' }], 'sales', 'sells');
  expect((await run(['n1/1', 'sales', '--remove'])).exitCode).toBe(0);
  expect(await seen()).toEqual({});
  const after = await actions.of(caller);
  expect(after.map(({ why, undone }) => [why, undone?.who]).sort()).toEqual([
    ['asked for a PIN', 'Ann'],
    ['sells', kept?.who],
  ]);
});

test('who said it, and of which call, is in the audit log; the number only under another name', async () => {
  const dir = await mkdtemp(join(data, 'audit-'));
  await call('n1/1');
  for (const more of [[], [], ['--remove']]) await run(['n1/1', 'scam', ...more], { GATEHOUSE_DATA: dir });
  const found = await new AuditLog(dir).read(10);
  expect(found.map(({ event, route, calls, detail }) => ({ event, route, calls, detail }))).toEqual([
    { event: 'flagged', route: 'gatehouse flag', calls: ['n1/1'], detail: 'scam taken back' },
    { event: 'flagged', route: 'gatehouse flag', calls: ['n1/1'], detail: 'scam: asked for a PIN' },
  ]);
  expect(found[0]?.numbers).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(JSON.stringify(found)).not.toContain('5550123');
  const unnoted = await run(['n1/1', 'scam'], { GATEHOUSE_DATA: join(dir, 'nowhere', 'at', 'all') });
  expect(unnoted.exitCode).toBe(0);
  expect(unnoted.stderr).toMatch(/^not recorded in the audit log: .*\n$/);
});

test('stored by pseudonym: the same caller is flagged, and no number is stored', async () => {
  const key = 'a key of pseudonyms, long enough';
  await call('n1/1', redis, key);
  expect((await run(['n1/1', 'scam'], { GATEHOUSE_PSEUDONYM_KEY: key })).exitCode).toBe(0);
  expect(await seen(redis, key)).toEqual({ scam: 1 });
  expect((await server.admin.keys('*')).filter((one) => one.includes('5550123'))).toEqual([]);
});

test('what cannot be flagged is said in one line', async () => {
  await call('n1/withheld', redis, null, null);
  const none = await run(['n1/gone', 'scam']);
  expect([none.exitCode, none.stdout]).toEqual([1, '']);
  expect(none.stderr).toMatch(/^error: no call "n1\/gone".*\n$/);
  const hidden = await run(['n1/withheld', 'scam']);
  expect([hidden.exitCode, hidden.stdout]).toEqual([1, '']);
  expect(hidden.stderr).toMatch(/^error: the caller of "n1\/withheld" has no number \(withheld\).*\n$/);
  const wrong = await run(['n1/withheld', 'nice']);
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain('Allowed choices are sales, scam, wanted');
  const away = await run(['n1/1', 'scam', '--redis', 'redis://127.0.0.1:1']);
  expect(away.exitCode).toBe(1);
  expect(away.stderr).toMatch(/^error: Redis did not answer .*ECONNREFUSED.*\n$/);
});
