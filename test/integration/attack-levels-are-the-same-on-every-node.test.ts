import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { LevelWatcher } from '../../src/app/level-watcher.ts';
import { SiteWatch } from '../../src/app/site-watch/site-watch.ts';
import { defaultLevelLimits } from '../../src/call/attack-levels.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { levelCommand } from '../../src/cli/by-hand/level.ts';
import { KnownLevels } from '../../src/history/known-levels.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { levelsByHandKey, levelsKey, watcherKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { hourMs, minuteMs, watched } from '../levels/watched-calls.ts';
import { shippedPrompts } from '../policy/policy-fixture.ts';

const did = '+13175550100';
let server: RedisProcess;
let dir: string;

beforeAll(async () => {
  server = await RedisProcess.start({ keepsData: true });
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-level-'));
  // Of the audit log.
  vi.stubEnv('GATEHOUSE_DATA', dir);
  await writeFile(join(dir, 'prompts.yaml'), shippedPrompts);
  await mkdir(join(dir, 'lists'));
  await writeFile(join(dir, 'lists/billing.txt'), `${did}\n`);
  await writeFile(
    join(dir, 'policy.yaml'),
    `settings: { default-region: US, language: en, voicemail-box: general, time-zone: America/New_York }
lists: { billing: { file: lists/billing.txt } }
rules:
  - { id: attack, when: { level: { at-least: attack, of: billing } }, then: { challenge: two-digits } }
  - { id: everyone-else, then: { challenge: press-1 } }
`,
  );
});
afterAll(async () => {
  await server.remove();
  await rm(dir, { recursive: true });
});
beforeEach(() => server.admin.flushall());

async function connected() {
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  return redis;
}

/** A node that may watch. */
async function watcher(id: string, leaseMs?: number) {
  const redis = await connected();
  const options = { limits: () => defaultLevelLimits, departmentsOf: () => ['billing'] };
  const watchers = () => [new LevelWatcher(options)];
  return new SiteWatch({
    ...{ redis, id, watchers, log: new RecordingLog() },
    ...(leaseMs !== undefined && { leaseMs }),
  });
}

/** A node that decides calls. */
async function node(file = join(dir, `levels-${Math.random()}.json`)) {
  const redis = connectRedis(server.url, new RecordingLog());
  const log = new RecordingLog();
  const levels = new KnownLevels({ redis, file, isOn: (list) => list === 'billing', log });
  onTestFinished(() => {
    levels.close();
    redis.disconnect();
  });
  return { levels, redis, file, log };
}

async function readyNode() {
  const one = await node();
  await redisReady(one.redis, 20_000);
  await one.levels.read();
  return one;
}

async function write(outcomes: readonly Outcome[]): Promise<void> {
  const store = new RedisCallStore(await connected(), 86_400_000);
  const results = await store.write(
    outcomes.map((outcome, id) => ({ kind: 'outcome', id, callId: outcome.callId, outcome })),
  );
  expect(results.every(({ state }) => state === 'written')).toBe(true);
}
const wave = (count: number, at: number) => Array.from({ length: count }, () => watched({ at: at - 1000 }));

async function level(...args: string[]) {
  let out = '';
  let err = '';
  const written = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  const said = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    err += String(chunk);
    return true;
  });
  const command = levelCommand().exitOverride();
  command.configureOutput({ writeErr: (text) => (err += text) });
  const rules = args.includes('--rules') ? [] : ['--rules', dir];
  const redis = args.includes('--redis') ? [] : ['--redis', server.url];
  const code = await command.parseAsync([...args, ...rules, ...redis], { from: 'user' }).then(
    () => null,
    (error: { code: unknown }) => error.code,
  );
  written.mockRestore();
  said.mockRestore();
  return { out, err, code };
}

test('a wave that two nodes took is seen by one that watches, and known to every node', async () => {
  const [first, second, { levels }] = [await watcher('a'), await watcher('b'), await readyNode()];
  const now = Date.now();
  expect(levels.facts(now, did)).toEqual({ levels: {} });
  await first.look(now);
  await second.look(now);
  expect([first.isWatching, second.isWatching]).toEqual([true, false]);
  await write(wave(30, now));
  await first.look(now);
  await levels.read();
  const attack = { board: 'elevated', called: 'attack', departments: { billing: 'elevated' } };
  expect(levels.facts(now, did)).toEqual({ levels: attack });
  expect(levels.facts(now, '+13175550199')).toMatchObject({ levels: { board: 'elevated' } });
  expect((await level('--show-numbers')).out).toMatch(
    /^Attack on the number \+13175550100 since .*30 unknown callers/,
  );
});

test('the node that watches dies: another takes over, and reads again what there was', async () => {
  const [first, second, { levels }] = [await watcher('a', 300), await watcher('b', 300), await readyNode()];
  const now = Date.now();
  await write(wave(30, now));
  await first.look(now);
  await levels.read();
  const before = levels.at(now).levels.map(({ scope, level, since }) => ({ scope, level, since }));
  // Never again is anything heard of it.
  await vi.waitFor(async () => {
    await second.look(Date.now());
    expect(second.isWatching).toBe(true);
  });
  await levels.read();
  expect(levels.at(Date.now()).levels).toMatchObject(before);
  // Each call is counted once.
  expect(levels.at(Date.now()).levels[0]?.calls).toBe(30);
  await first.look(Date.now());
  expect(first.isWatching).toBe(false);
  // It comes back to calm with nobody calling.
  for (let minute = 1; minute <= 45; minute++) {
    await server.admin.del(watcherKey);
    await second.look(now + minute * minuteMs);
  }
  expect(await server.admin.exists(levelsKey)).toBe(0);
});

test('a node that stops gives it back at once', async () => {
  const [first, second] = [await watcher('a'), await watcher('b')];
  await first.look(Date.now());
  await first.giveBack();
  await second.look(Date.now());
  expect(second.isWatching).toBe(true);
  // It takes nothing away from who has it now.
  await first.giveBack();
  expect(await server.admin.get(watcherKey)).toBe('b');
});

test('Redis away: the last known level stands, also after a restart, and ends by itself', async () => {
  const { levels, redis, file } = await readyNode();
  const first = await watcher('a');
  const now = Date.now();
  await write(wave(30, now));
  await first.look(now);
  await levels.read();
  redis.disconnect();
  expect(levels.facts(now + 29 * minuteMs, did)).toMatchObject({ levels: { called: 'attack' } });
  expect(levels.facts(now + 31 * minuteMs, did)).toEqual({ levels: {} });
  await vi.waitFor(async () =>
    expect((await node(file)).levels.facts(now, did)).toMatchObject({ levels: { called: 'attack' } }),
  );
});

test('set by hand for a time, by whom, and no longer', async () => {
  const [a, b] = [await readyNode(), await readyNode()];
  const set = await level('attack', '--for', '2h', '--of', 'billing', '--reason', 'Calls\u001b[2J');
  expect([set.code, set.err]).toEqual([null, '']);
  expect(set.out).toMatch(/^Set by hand until .*: attack, of list billing\.\n/);
  for (const { levels, log } of [a, b]) {
    await levels.read();
    expect(levels.facts(Date.now(), did)).toEqual({ levels: { departments: { billing: 'attack' } } });
    expect(levels.facts(Date.now() + 2 * hourMs, did)).toEqual({ levels: {} });
    const line = log.lines.find(({ message }) => message === 'An attack level was set by hand');
    expect(line?.fields).toMatchObject({
      scope: 'list:billing',
      say: 'attack',
      by: expect.stringMatching(/./),
    });
  }
  expect((await level()).out).toMatch(/^Attack on the department billing since .*: set by hand by .+ until /);
  expect(await server.admin.pttl(levelsByHandKey)).toBeLessThanOrEqual(2 * hourMs);
  expect((await level('auto', '--of', 'billing')).out).toBe('No longer set by hand: attack.\n');
  await a.levels.read();
  expect(a.levels.facts(Date.now(), did)).toEqual({ levels: {} });
  expect((await level()).out).toBe('All is calm.\n');
  expect(await level('auto')).toMatchObject({ code: 'not-by-hand' });
});

test('calm by hand ends what was found, everywhere', async () => {
  const { levels } = await readyNode();
  const first = await watcher('a');
  await write(wave(30, Date.now()));
  await first.look(Date.now());
  await level('calm', '--for', '30m');
  await levels.read();
  expect(levels.facts(Date.now(), did)).toEqual({ levels: {} });
  await level('call-back-surge', '--for', '1h', '--of', '317-555-0100');
  await levels.read();
  expect(levels.facts(Date.now(), did)).toEqual({ levels: {}, callBackSurge: true });
});

test('what cannot be meant is refused, and nothing is written', async () => {
  for (const time of ['', '2', 'yesterday', 'tomorow', '8d', '2001-01-01', '0m', '00:00'])
    expect(await level('attack', `--for=${time}`)).toMatchObject({ code: 'for' });
  expect(await level('attack')).toMatchObject({ code: 'for' });
  expect(await level('atack', '--for', '1h')).toMatchObject({ code: 'level' });
  expect((await level('atack', '--for', '1h')).err).toContain('did you mean "attack"?');
  expect(await level('attack', '--for', '1h', '--of', 'biling')).toMatchObject({ code: 'of' });
  expect(await level('attack', '--for', '1h', '--of', '1')).toMatchObject({ code: 'of' });
  expect(await level('call-back-surge', '--for', '1h')).toMatchObject({ code: 'of' });
  expect(await server.admin.dbsize()).toBe(0);
});

test('it works when the rules cannot be read, and says when no rule asks', async () => {
  const unread = await level('attack', '--for', '1h', '--rules', '/nonexistent');
  expect(unread.code).toBeNull();
  expect(unread.err).toContain('The rules cannot be read');
  const unasked = await level('call-back-surge', '--for', '1h', '--of', did);
  expect(unasked.err).toBe('No rule asks for a call-back surge, so nothing changes for callers.\n');
  const away = await level('attack', '--for', '1h', '--redis', 'redis://127.0.0.1:1');
  expect(away).toMatchObject({ code: 'redis-away', out: '' });
});

test('what is none of ours in Redis or on disk is passed over', async () => {
  await server.admin.set(levelsKey, '{"levels":[{"scope":"../x"}]}');
  await server.admin.hset(levelsByHandKey, {
    'level board': 'x',
    'level ../x': '{"say":"attack","until":9e15,"since":1}',
    'surge board': '{"say":"attack","until":9e15,"since":1}',
    'level list:x': '{"say":"worse","until":9e15,"since":1}',
  });
  const { levels } = await readyNode();
  expect(levels.at(Date.now())).toEqual({ levels: [], surges: [] });
  await writeFile(join(dir, 'bad.json'), '{"state":1,"byHand":[1,null]}');
  expect((await node(join(dir, 'bad.json'))).levels.facts(0, did)).toEqual({});
});
