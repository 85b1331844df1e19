import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { expectCommand } from '../../src/cli/by-hand/expect.ts';
import { RedisCallerActions } from '../../src/history/redis-caller-actions.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { expectedKey } from '../../src/redis/redis-keys.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';

let server: RedisProcess;
let dir: string;

beforeAll(async () => {
  server = await RedisProcess.start();
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-expect-'));
  vi.stubEnv('GATEHOUSE_DATA', dir);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.remove();
  await rm(dir, { recursive: true });
});
beforeEach(() => server.admin.flushall());

async function run(...args: string[]): Promise<{ out: string; err: string; code: unknown }> {
  let out = '';
  let err = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  const command = expectCommand().exitOverride();
  command.configureOutput({ writeErr: (text) => (err += text) });
  const at = args.includes('--redis') ? [] : ['--redis', server.url];
  const code = await command.parseAsync([...args, ...at], { from: 'user' }).then(
    () => null,
    (error: { code: unknown }) => error.code,
  );
  spy.mockRestore();
  return { out, err, code };
}

/** What a call from there finds. */
async function found(from: string | null, to: string, now = Date.now()) {
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const facts = sampleFacts('n1/1', {
    now,
    caller: { number: from, reason: null, raw: '', displayName: '' },
    called: { number: to, raw: to },
  });
  return (await new RedisCallerHistory(redis).read(facts, 1_000)).expected;
}

test('a call in its window finds who expects it and why, whatever number of ours it calls', async () => {
  const { out, code } = await run(
    '(317) 555-0123',
    '--until',
    '2h',
    '--reason',
    'Courier\u001b[2J with\nthe samples',
  );
  expect(code).toBeNull();
  expect(out).toMatch(/^\+13175550123 is expected at any number until .*: Courier \[2J with the samples\n$/);
  const expected = await found('+13175550123', '+13175550000');
  expect(expected).toMatchObject({ called: null, why: 'Courier [2J with the samples' });
  expect((expected?.until ?? 0) - Date.now()).toBeGreaterThan(7_000_000);
  expect(await found('+13175550124', '+13175550000')).toBeNull();
  expect(await found('+13175550123', '+13175550000', Date.now() + 3 * 3_600_000)).toBeNull();
  expect(await server.admin.pttl(expectedKey)).toBeGreaterThan(0);
});

test('expected at one number, a call to another does not find it', async () => {
  await run('+442079460018', '--until', '1d', '--to', '+13175550101', '--reason', 'Auditor');
  expect(await found('+442079460018', '+13175550101')).toMatchObject({
    called: '+13175550101',
    why: 'Auditor',
  });
  expect(await found('+442079460018', '+13175550102')).toBeNull();
  expect(await found(null, '+13175550101')).toBeNull();
});

test('of two that apply the longer stands; the same again replaces the one before', async () => {
  await run('+13175550123', '--until', '1h', '--reason', 'any');
  await run('+13175550123', '--until', '2h', '--to', '+13175550101', '--reason', 'one');
  expect(await found('+13175550123', '+13175550101')).toMatchObject({ why: 'one' });
  await run('+13175550123', '--until', '10m', '--to', '+13175550101', '--reason', 'sooner');
  expect(await found('+13175550123', '+13175550101')).toMatchObject({ why: 'any' });
  expect(await server.admin.hlen(expectedKey)).toBe(2);
});

test('--list shows the first to end first, --remove takes one back; windows that are over go with the next that is written', async () => {
  await server.admin.hset(
    expectedKey,
    '+13175550199 *',
    JSON.stringify({ until: 1, called: null, why: 'over' }),
  );
  await server.admin.hset(expectedKey, 'not one of ours', '{');
  await run('+13175550123', '--until', '2h', '--reason', 'second');
  await run('+13175550124', '--until', '1h', '--to', '+13175550101', '--reason', 'first');
  expect(await server.admin.hlen(expectedKey)).toBe(2);
  const came = ['--reason', 'came'];
  expect(JSON.parse((await run('--list', '--json')).out)).toMatchObject([
    { caller: '+13175550124', called: '+13175550101', why: 'first' },
    { caller: '+13175550123', called: null, why: 'second' },
  ]);
  expect((await run('--list')).out.split('\n')).toHaveLength(3);
  expect(await run('+13175550124', '--remove', ...came)).toMatchObject({ code: 'not-expected' });
  expect((await run('+13175550124', '--remove', '--to', '+13175550101', ...came)).out).toContain(
    'no longer expected',
  );
  expect(await run('+13175550123', '--remove')).toMatchObject({ code: 'reason' });
  await run('+13175550123', '--remove', ...came);
  expect((await run('--list')).out).toBe('No call is expected.\n');
});

test('--undo brings back what was expected before, step by step, and the browser shows it as undone', async () => {
  await run('+13175550123', '--until', '1h', '--reason', 'first');
  await run('+13175550123', '--until', '2h', '--reason', 'second');
  await run('+13175550123', '--remove', '--reason', 'third');
  expect(await found('+13175550123', '+13175550000')).toBeNull();
  expect((await run('+13175550123', '--undo')).out).toContain(': second\n');
  expect(await found('+13175550123', '+13175550000')).toMatchObject({ why: 'second' });
  expect(JSON.parse((await run('+13175550123', '--undo', '--json', 'why,called')).out)).toEqual({
    ...{ why: 'first', called: null },
  });
  expect((await run('+13175550123', '--undo')).out).toBe('+13175550123 is no longer expected.\n');
  expect(await run('+13175550123', '--undo')).toMatchObject({ code: 'nothing-to-undo' });
  expect(await found('+13175550123', '+13175550000')).toBeNull();
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const kept = await new RedisCallerActions(redis).of('+13175550123');
  expect(kept.map(({ why, undone }) => [why, undone?.who === kept[0]?.who])).toEqual([
    ['third', true],
    ['second', true],
    ['first', true],
  ]);
});

test('who expects whom, and why, is in the audit log; no number is', async () => {
  await rm(join(dir, 'audit.jsonl'), { force: true });
  await run('+13175550123', '--until', '2h', '--reason', 'asked by +13175550124');
  await run('+13175550123', '--remove', '--reason', 'came');
  await run('+13175550123', '--undo');
  const noted = await new AuditLog(dir).read(9);
  expect(noted.map(({ event, route, detail }) => [event, route, detail])).toEqual([
    ['expected', 'gatehouse expect', 'undone'],
    ['expected', 'gatehouse expect', 'no longer: came'],
    ['expected', 'gatehouse expect', expect.stringMatching(/^until .*Z: asked by \+1317•••••24$/)],
  ]);
  expect(noted.every(({ who, calls }) => who !== '' && calls?.length === 0)).toBe(true);
  expect(noted[0]?.numbers).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(JSON.stringify(noted)).not.toContain('5550123');
});

test('a field that is not there is named with those that are, and nothing is written', async () => {
  const { code, err } = await run('+13175550123', '--until', '2h', '--reason', 'x', '--json', 'caller,wy');
  expect(code).toBe('commander.invalidArgument');
  expect(err).toContain('There is no field "wy"; did you mean "why"? fields: caller, called, until, why');
  expect(await server.admin.dbsize()).toBe(0);
});

test('what cannot be meant is refused with a code, and nothing is written', async () => {
  const reason = ['--reason', 'x'];
  expect(await run('12', '--until', '2h', ...reason)).toMatchObject({ code: 'number' });
  expect(await run('+13175550123', '--until', '2h', '--to', 'front desk', ...reason)).toMatchObject({
    code: 'number',
  });
  for (const until of ['', '2', 'next year', '93d', '2001-01-01', '0m', '-1h'])
    expect(await run('+13175550123', `--until=${until}`, ...reason)).toMatchObject({ code: 'until' });
  expect(await run('+13175550123', ...reason)).toMatchObject({ code: 'until' });
  expect(await run('+13175550123', '--until', '2h')).toMatchObject({ code: 'reason' });
  expect(await run('+13175550123', '--until', '2h', '--reason', '\u200b\u0007 ')).toMatchObject({
    code: 'reason',
  });
  expect(await run()).toMatchObject({ code: 'usage' });
  expect(await server.admin.dbsize()).toBe(0);
});

test('a long reason is cut between characters', async () => {
  await run('+13175550123', '--until', '2h', '--reason', '😀'.repeat(1000));
  expect((await found('+13175550123', '+13175550000'))?.why).toBe('😀'.repeat(200));
});

test('the rules cannot be read: a number with its country is enough', async () => {
  const rules = ['--rules', '/nonexistent', '--until', '2h', '--reason', 'x'];
  expect((await run('+13175550123', ...rules)).code).toBeNull();
  const { code, err } = await run('3175550123', ...rules);
  expect(code).toBe('number');
  expect(err).toMatch(/^error: write the number with \+ and its country.*\n$/);
});

test('Redis away: one line that says so', async () => {
  const away = await run('+13175550123', '--until', '2h', '--reason', 'x', '--redis', 'redis://127.0.0.1:1');
  expect(away).toMatchObject({ code: 'redis-away', out: '' });
  expect(away.err).toMatch(/^error: Redis did not answer .*ECONNREFUSED.*\n$/);
});
