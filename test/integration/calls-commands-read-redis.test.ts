import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { callCommand } from '../../src/cli/call.ts';
import { callsCommand } from '../../src/cli/calls.ts';
import { reportCommand } from '../../src/cli/report.ts';
import { topCommand } from '../../src/cli/top.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

let server: RedisProcess;
let redis: ReturnType<typeof connectRedis>;
let dir: string;
let written = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-calls-'));
  server = await RedisProcess.start({ keepsData: true });
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  await store(
    call(1, { minutes: 90 }),
    call(2, { minutes: 30, number: '+13175550177', changes: { challenge: null } }),
    call(3, { minutes: 20, changes: { exit: { kind: 'voicemail', box: 'general' } } }),
    call(4, { minutes: 10, changes: { decision: null, bypass: { reason: 'watchdog', detail: '' } } }),
  );
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
  await rm(dir, { recursive: true, force: true });
});

function call(
  n: number,
  {
    minutes,
    number = '+13175550123',
    changes = {},
  }: { minutes: number; number?: string; changes?: Partial<Outcome> },
): Outcome {
  const callId = `n1/1700000000.${n}`;
  const now = Date.now() - minutes * 60_000;
  const { caller } = sampleFacts(callId);
  return sampleOutcome(callId, {
    facts: sampleFacts(callId, { now, caller: { ...caller, number } }),
    ...changes,
  });
}

async function store(...outcomes: Outcome[]): Promise<void> {
  const transitions = outcomes.map(
    (outcome) => ({ id: ++written, callId: outcome.callId, kind: 'outcome', outcome }) as const,
  );
  await new RedisCallStore(redis, 86_400_000).write(transitions);
}

async function run(...args: string[]): Promise<{ out: string; err: string; code: unknown }> {
  let out = '';
  let err = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    out += String(chunk);
    return true;
  });
  const told = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    err += String(chunk);
    return true;
  });
  const program = new Command().exitOverride();
  for (const command of [callsCommand(), callCommand(), topCommand(), reportCommand()]) {
    command.exitOverride().configureOutput({ writeErr: (text) => (err += text) });
    program.addCommand(command);
  }
  const code = await program.parseAsync([...args, '--redis', server.url], { from: 'user' }).then(
    () => null,
    (error: { code: unknown }) => error.code,
  );
  spy.mockRestore();
  told.mockRestore();
  return { out, err, code };
}

test('calls: newest last, masked, of the time and kind that is asked for', async () => {
  const { out } = await run('calls', '--since', '1h');
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => /n1\/\S+/.exec(line)?.[0])).toEqual([
    undefined,
    'n1/1700000000.2',
    'n1/1700000000.3',
    'n1/1700000000.4',
  ]);
  expect(out).not.toContain('31755501');
  const one = await run('calls', '--where', 'voicemail', '--json');
  expect(JSON.parse(one.out)).toMatchObject({ outcome: { callId: 'n1/1700000000.3' }, afterExit: null });
  expect((await run('calls', '--caller', '+1 317 555 0177', '--csv')).out.split('\r\n')).toHaveLength(3);
  const limited = await run('calls', '--limit', '2');
  expect(limited.out.trimEnd().split('\n')).toHaveLength(3);
  expect(limited.err).toMatch(/^and 2 more before these \(--limit/);
  expect(await run('calls', '--where', 'elsewhere')).toMatchObject({ code: 'commander.invalidArgument' });
  expect(await run('calls', '--caller', '5550123')).toMatchObject({ code: 'number' });
  vi.stubEnv('GATEHOUSE_RULES', 'rules');
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const written of ['(317) 555-0177', 'tel:+1-317-555-0177', '317.555.0177'])
    expect((await run('calls', '--caller', written, '--csv')).out.split('\r\n')).toHaveLength(3);
});

test('whole numbers are noted before they are shown, and not shown where that cannot be noted', async () => {
  vi.stubEnv('GATEHOUSE_DATA', join(dir, 'nowhere'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const refused = await run('calls', '--show-numbers');
  expect(refused).toMatchObject({ code: 'audit-log' });
  expect(refused.out).not.toContain('31755501');
  vi.stubEnv('GATEHOUSE_DATA', dir);
  expect((await run('calls', '--show-numbers')).out).toContain('+13175550177');
  expect((await run('top', 'callers', '--show-numbers')).out).toMatch(/\+13175550123 +3 +75 %/);
  const audit = await readFile(join(dir, 'audit.jsonl'), 'utf8');
  const [first, second] = audit
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ event: 'look', route: 'gatehouse calls', address: null, count: 2 });
  expect(first.calls).toContain('n1/1700000000.2');
  expect(second).toMatchObject({ route: 'gatehouse top callers' });
  expect(audit).not.toContain('31755501');
});

test('one call, by either id; and none', async () => {
  const { out } = await run('call', 'n1/1700000000.3');
  expect(out).toMatch(/^Call n1\/1700000000\.3\n/);
  expect(out).toContain('Result: sent to mailbox general');
  expect(out).not.toContain('31755501');
  const bySip = await run('call', 'n1/1700000000.4@carrier.example', '--json');
  expect(JSON.parse(bySip.out).outcome.callId).toBe('n1/1700000000.4');
  expect(await run('call', 'n1/9')).toMatchObject({ code: 'no-such-call', out: '' });
});

test('top: rules, exchanges, callers', async () => {
  expect(JSON.parse((await run('top', 'rules', '--json')).out)).toEqual([
    { value: 'everyone-else', calls: 3 },
  ]);
  const exchanges = await run('top', 'exchanges', '--csv');
  expect(exchanges.out).toMatch(/^exchange,calls\r\ntel:\+1317555,4\r\n$/);
  expect((await run('top', 'callers')).out).toMatch(/\+1317•••••23 +3 +75 %\n/);
  expect((await run('top', 'signers')).out).toBe('signers: none\n');
});

test('report as csv', async () => {
  const { out } = await run('report', '--csv');
  expect(out).toMatch(/^by,value,name,calls,.*\r\nall,,,4,/);
});

test('called numbers stand under the name that a list has, here as on the pages', async () => {
  expect((await run('calls')).out).not.toContain('called as');
  const rules = join(dir, 'rules');
  await cp('rules', rules, { recursive: true });
  const path = join(rules, 'policy.yaml');
  const lists =
    '  departments: { file: lists/departments.csv, about: Ours. }\n  block-own: { file: lists/own.csv, about: Ours. }\n';
  const policy = await readFile(path, 'utf8');
  await writeFile(path, policy.replace('  customers: {', `${lists}  customers: {`));
  await writeFile(join(rules, 'lists/own.csv'), 'number,name\n+1 317 555 0000,Forged\n');
  await writeFile(join(rules, 'lists/departments.csv'), 'number,name\n+1 317 555 0000,Cardiology\n');
  vi.stubEnv('GATEHOUSE_RULES', rules);
  onTestFinished(() => void vi.unstubAllEnvs());
  const named = 'Cardiology, +13175550000';
  const { out } = await run('calls');
  expect(out).toMatch(/called +called as.*\n.* \+13175550000 +Cardiology /);
  expect((await run('calls', '--csv')).out).toContain(',tel:+13175550000,Cardiology,');
  const [first = ''] = (await run('calls', '--json')).out.split('\n');
  expect(JSON.parse(first)).toMatchObject({ calledName: 'Cardiology' });
  expect((await run('call', 'n1/1700000000.3')).out).toMatch(/\n {2}called +Cardiology, \+13175550000\n/);
  expect((await run('report')).out).toContain(named);
  expect((await run('report', '--csv')).out).toContain('\r\ncalled,tel:+13175550000,Cardiology,4,');
  expect(JSON.parse((await run('report', '--json')).out).byCalledNumber).toMatchObject([
    { called: '+13175550000', name: 'Cardiology', calls: 4 },
  ]);
});

test('--follow shows calls as they come, once each, goes on when Redis was away, and ends with its reader', async () => {
  const program = join(import.meta.dirname, '..', 'cli', 'calls-as-a-process.ts');
  const child = spawn(process.execPath, [program, '--follow', '--limit', '1', '--redis', server.url]);
  onTestFinished(() => void child.kill());
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  const shows = (text: string) => vi.waitFor(() => expect(out).toContain(text), { timeout: 90_000 });
  await shows('n1/1700000000.4');
  await store(call(5, { minutes: 0 }), call(6, { minutes: 1 }));
  await shows('n1/1700000000.5');
  await shows('n1/1700000000.6');
  await store(call(7, { minutes: 0 }));
  await shows('n1/1700000000.7');
  await server.stop();
  await vi.waitFor(() => expect(err).toContain('Redis is away'), { timeout: 90_000 });
  await server.start();
  await redisReady(redis, 20_000);
  await store(call(9, { minutes: 0 }));
  await shows('n1/1700000000.9');
  for (const n of [4, 5, 6, 7, 9]) expect(out.split(`n1/1700000000.${n}`)).toHaveLength(2);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.stdout.destroy();
  await store(call(8, { minutes: 0 }));
  expect(await ended).toBe(0);
});

test.each([null, 'a key of thirty-two letters or more, for pseudonyms'])(
  'calls of a short code are found, and of no other (pseudonyms: %s)',
  async (key) => {
    if (key !== null) vi.stubEnv('GATEHOUSE_PSEUDONYM_KEY', key);
    onTestFinished(() => void vi.unstubAllEnvs());
    const short = (n: number, raw: string) => {
      const outcome = call(n, { minutes: 5 });
      const caller = { number: null, reason: 'short-code', raw, displayName: '' } as const;
      return { ...outcome, facts: { ...outcome.facts, caller } };
    };
    await store(short(11, '911'), short(12, '24273'), short(13, '9111'));
    const found = async (asked: string) =>
      (await run('calls', '--caller', asked, '--json')).out
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { outcome: Outcome }).outcome.callId.slice(-3));
    expect(await found('911')).toEqual(['.11']);
    expect(await found('short:24273')).toEqual(['.12']);
    expect(await found('112')).toEqual([]);
    const records = await RedisRangeRecords.open(redis);
    const hour = { since: Date.now() - 3_600_000, until: Date.now() };
    const counted = await records.counts('short-code', hour);
    expect(counted.map(({ value }) => value).sort()).toEqual(['24273', '911', '9111']);
  },
);

test('csv and JSON have every call, and of JSON the fields that are asked for', async () => {
  const many = Array.from({ length: 60 }, (_, n) => call(100 + n, { minutes: 200 + n }));
  await store(...many);
  const range = ['--since', '270m', '--until', '150m'] as const;
  expect((await run('calls', ...range, '--csv')).out.trimEnd().split('\r\n')).toHaveLength(61);
  expect((await run('calls', ...range, '--json')).out.trimEnd().split('\n')).toHaveLength(60);
  expect((await run('calls', ...range)).out.trimEnd().split('\n')).toHaveLength(51);
  const { out } = await run('calls', ...range, '--json', 'call,called,where', '--limit', '1');
  expect(JSON.parse(out)).toEqual({
    call: 'n1/1700000000.100',
    called: 'tel:+13175550000',
    where: 'connected',
  });
  const wrong = await run('calls', '--json', 'calling');
  expect(wrong).toMatchObject({ code: 'commander.invalidArgument' });
  expect(wrong.err).toContain('fields: time, call, sip_call_id');
});
