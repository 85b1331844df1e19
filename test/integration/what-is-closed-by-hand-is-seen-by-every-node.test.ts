import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { closeCommand, openCommand } from '../../src/cli/by-hand/close.ts';
import { SiteState } from '../../src/history/site-state.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { closedKey, emergencyKey } from '../../src/redis/redis-keys.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { shippedPrompts } from '../policy/policy-fixture.ts';

const hourMs = 3_600_000;
let server: RedisProcess;
let dir: string;

beforeAll(async () => {
  server = await RedisProcess.start({ keepsData: true });
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-close-'));
  // Of the audit log.
  vi.stubEnv('GATEHOUSE_DATA', dir);
  await writeFile(join(dir, 'prompts.yaml'), shippedPrompts);
  await writeFile(
    join(dir, 'policy.yaml'),
    `settings: { default-region: US, language: en, voicemail-box: general, time-zone: America/New_York }
calendars:
  office: { open: [{ hours: 08:00-17:00 }] }
  later: { open: [{ hours: 08:00-17:00 }], in-use: false }
rules:
  - { id: day, when: { time: { calendar: office } }, then: connect }
  - { id: night, then: voicemail }
`,
  );
});
afterAll(async () => {
  await server.remove();
  await rm(dir, { recursive: true });
});
beforeEach(() => server.admin.flushall());

async function run(make: typeof closeCommand, ...args: string[]) {
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
  const command = make().exitOverride();
  command.configureOutput({ writeErr: (text) => (err += text) });
  const rules = make === closeCommand && !args.includes('--rules') ? ['--rules', dir] : [];
  const redis = args.includes('--redis') ? [] : ['--redis', server.url];
  const code = await command.parseAsync([...args, ...rules, ...redis], { from: 'user' }).then(
    () => null,
    (error: { code: unknown }) => error.code,
  );
  written.mockRestore();
  said.mockRestore();
  return { out, err, code };
}
const close = (...args: string[]) => run(closeCommand, ...args);
const open = (...args: string[]) => run(openCommand, ...args);

/** A node of its own; its file stays until the test ends. */
async function node(file = join(dir, `site-${Math.random()}.json`)) {
  const redis = connectRedis(server.url, new RecordingLog());
  const site = new SiteState({ redis, file, log: new RecordingLog() });
  onTestFinished(() => {
    site.close();
    redis.disconnect();
  });
  return { site, redis, file };
}

async function ready() {
  const one = await node();
  await redisReady(one.redis, 20_000);
  await one.site.read();
  return one;
}

test('closed, seen by every node, and open again', async () => {
  const [a, b] = [await ready(), await ready()];
  expect(a.site.facts(Date.now())).toEqual({ site: {} });
  const { out, code, err } = await close(
    '--until',
    '2h',
    '--calendar',
    'office',
    '--reason',
    'Snow\u001b[2J',
  );
  expect([code, err]).toEqual([null, '']);
  expect(out).toMatch(/^Closed by hand until .* E[SD]T: calendar office \(Snow \[2J\)\n/);
  for (const { site } of [a, b]) {
    await site.read();
    expect(site.facts(Date.now())).toEqual({ site: { closed: ['office'] } });
  }
  expect((await open()).out).toBe('Open again: office.\n');
  await a.site.read();
  expect(a.site.facts(Date.now())).toEqual({ site: {} });
  expect(await open()).toMatchObject({ code: 'not-closed' });
});

test('it ends by itself, in Redis and on a node that Redis no longer answers', async () => {
  const { site, redis } = await ready();
  await close('--until', '1h');
  await site.read();
  redis.disconnect();
  expect(site.facts(Date.now() + hourMs - 5000)).toEqual({ site: { closed: ['*'] } });
  expect(site.facts(Date.now() + hourMs + 1)).toEqual({ site: {} });
  const left = await server.admin.pttl(closedKey);
  expect(left).toBeGreaterThan(hourMs - 60_000);
  expect(left).toBeLessThanOrEqual(hourMs);
});

test('Redis away: the last known copy stands, also after a restart', async () => {
  const { site, file } = await ready();
  await close('--until', '1h', '--calendar', 'office');
  await site.read();
  await vi.waitFor(async () => {
    const again = await node(file);
    expect(again.site.facts(Date.now())).toEqual({ site: { closed: ['office'] } });
  });
  await server.stop();
  const again = await node(file);
  again.site.start();
  await again.site.read();
  expect(again.site.facts(Date.now())).toEqual({ site: { closed: ['office'] } });
  await server.start();
});

test('what is no closure of ours is passed over', async () => {
  await server.admin.hset(closedKey, {
    office: 'x',
    '../x': '{"until":9e15,"since":1}',
    lab: '{"until":9e15}',
    all: '[]',
  });
  const { site } = await ready();
  expect(site.facts(Date.now())).toEqual({ site: {} });
  await writeFile(
    join(dir, 'bad.json'),
    '{"closures":[1,null,{"calendar":"x"}],"emergencyDialedAt":"never"}',
  );
  expect((await node(join(dir, 'bad.json'))).site.facts(0)).toEqual({});
});

test('an emergency call counts here at once, for the others with Redis, and for a day', async () => {
  const [a, b] = [await ready(), await ready()];
  const at = Date.now() - 1000;
  expect(await a.site.emergencyDialed(at)).toBe(true);
  expect(a.site.facts(Date.now())).toEqual({ site: { emergencyDialedAt: at } });
  await b.site.read();
  expect(b.site.facts(Date.now())).toEqual({ site: { emergencyDialedAt: at } });
  expect(await a.site.emergencyDialed(at - hourMs)).toBe(true);
  await a.site.read();
  expect(a.site.facts(Date.now())).toEqual({ site: { emergencyDialedAt: at } });
  expect(await server.admin.pttl(emergencyKey)).toBeGreaterThan(23 * hourMs);
  b.redis.disconnect();
  expect(await b.site.emergencyDialed(at + 500)).toBe(false);
  expect(b.site.facts(Date.now())).toEqual({ site: { emergencyDialedAt: at + 500 } });
});

test('the end of today is the default, in the time zone of the rules', async () => {
  await close('--json');
  const [row] = JSON.parse((await close('--list', '--json')).out);
  const end = new Date(row.until + 1).toLocaleString('en-US', { timeZone: 'America/New_York' });
  expect(end).toContain('12:00:00');
  expect((await close('--list')).out).toMatch(/: all calendars\n$/);
});

test('what cannot be meant is refused, and nothing is written', async () => {
  for (const until of [
    '',
    '2',
    'yesterday',
    'tomorow',
    '15d',
    '2001-01-01',
    '0m',
    '-1h',
    '25:00',
    '00:00',
    '17:60',
  ])
    expect(await close(`--until=${until}`)).toMatchObject({ code: 'until' });
  const unknown = await close('--until', '1h', '--calendar', 'ofice');
  expect(unknown).toMatchObject({ code: 'unknown-calendar' });
  expect(unknown.err).toContain('did you mean "office"?');
  expect(await server.admin.dbsize()).toBe(0);
});

test('it says when no rule asks, and works when the rules cannot be read', async () => {
  expect((await close('--until', '1h', '--calendar', 'later')).err).toBe(
    'No rule asks for the calendar "later" or closed-today, so nothing changes for callers.\n',
  );
  const { code, err } = await close('--until', '1h', '--rules', '/nonexistent');
  expect(code).toBeNull();
  expect(err).toContain('The rules cannot be read');
  expect((await open('--calendar', 'office')).code).toBe('not-closed');
  expect((await open()).out).toMatch(/^Open again: (later, all calendars|all calendars, later)\.\n$/);
});

test('Redis away: one line that says so', async () => {
  const away = await close('--until', '1h', '--redis', 'redis://127.0.0.1:1');
  expect(away).toMatchObject({ code: 'redis-away', out: '' });
});
