import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { OutboxDrain } from '../../src/outbox/outbox-drain.ts';
import { OutageLog } from '../../src/redis/outages.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { passKey } from '../../src/redis/redis-keys.ts';
import { RedisPulse } from '../../src/redis/redis-pulse.ts';
import { refusalOf, writeRefusal } from '../../src/redis/write-refusal.ts';
import { TcpProxy } from '../e2e/tcp-proxy.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const dayMs = 86_400_000;
const caller = '+13175550123';
const soon = { timeout: 90_000, interval: 20 };

async function redisServer(settings: Parameters<typeof RedisProcess.start>[0] = {}) {
  const server = await RedisProcess.start(settings);
  onTestFinished(() => server.remove());
  return server;
}

/** The parts of the product that use Redis, over one address. */
async function recordKeeping(url: string) {
  const log = new RecordingLog();
  const redis = connectRedis(url, log, { name: 'records' });
  const historyRedis = connectRedis(url, log, { name: 'history' });
  const outbox = new Outbox({ path: join(temporaryFolder(), 'outbox.sqlite'), log });
  const drain = new OutboxDrain({ outbox, store: new RedisCallStore(redis, 365 * dayMs), log });
  const outages = new OutageLog(join(temporaryFolder(), 'outages.json'), log);
  const pulse = new RedisPulse({ redis, outages, waiting: () => outbox.waitingOutcomes(), log });
  onTestFinished(async () => {
    pulse.close();
    await drain.close();
    for (const one of [redis, historyRedis]) one.disconnect();
    outbox.close();
  });
  await Promise.all([redisReady(redis, 20_000), redisReady(historyRedis, 20_000)]);
  drain.start();
  pulse.start();
  await vi.waitFor(() => expect(pulse.health().up).toBe(true), soon);
  let ended = 0;
  const call = () => {
    const now = Date.now();
    const outcome = sampleOutcome(`n1/${ended++}`);
    outbox.end({ ...outcome, facts: { ...outcome.facts, now } }, dayMs);
  };
  return { log, redis, pulse, outbox, call, history: new RedisCallerHistory(historyRedis) };
}

async function recordedIn(server: RedisProcess): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of new RedisOutcomes(server.admin).between(Date.now() - dayMs, Date.now() + dayMs))
    ids.push(page.callId);
  return ids.sort();
}

test('demoted behind a forwarder: told at once, calls wait on disk and for nothing, and the new master gets each once', async () => {
  const old = await redisServer({ keepsData: true });
  const next = await redisServer({ keepsData: true });
  await next.admin.replicaof('127.0.0.1', String(old.port));
  await vi.waitFor(
    async () => expect(await next.admin.info('replication')).toContain('link_status:up'),
    soon,
  );
  const forwarder = await TcpProxy.to(old.port);
  onTestFinished(() => forwarder.close());
  const { log, pulse, outbox, call, history } = await recordKeeping(`redis://127.0.0.1:${forwarder.port}`);
  for (let n = 0; n < 20; n++) call();
  await vi.waitFor(() => expect(outbox.waitingOutcomes()).toBe(0), soon);
  await vi.waitFor(async () => expect(await recordedIn(next)).toHaveLength(20), soon);

  await next.admin.replicaof('NO', 'ONE');
  await old.admin.replicaof('127.0.0.1', String(next.port));
  await vi.waitFor(() => expect(pulse.health()).toMatchObject({ up: false, state: 'refusing' }), soon);
  for (let n = 0; n < 20; n++) call();
  expect(pulse.refusal()).toMatchObject({
    code: 'redis-read-only',
    message: 'Redis takes no records (READONLY): it is a replica; outcomes wait on disk',
    remedy: expect.stringMatching(/reconnecting.*GATEHOUSE_REDIS_URL/),
  });
  // Meanwhile calls are decided: a read ends by its deadline, answered or not.
  for (let n = 0; n < 40; n++) {
    const start = performance.now();
    await history.read(sampleFacts('n1/x'), 150).catch(() => null);
    expect(performance.now() - start).toBeLessThan(1_500);
  }
  expect(outbox.waitingOutcomes()).toBeGreaterThanOrEqual(20);

  await next.admin.set(passKey(caller), '4102444800000');
  forwarder.leadTo(next.port);
  await vi.waitFor(() => expect(pulse.health()).toMatchObject({ up: true, state: 'ready' }), soon);
  await vi.waitFor(() => expect(outbox.waitingOutcomes()).toBe(0), soon);
  expect(pulse.refusal()).toBeNull();
  const all = Array.from({ length: 40 }, (_, n) => `n1/${n}`).sort();
  expect(await recordedIn(next)).toEqual(all);
  // What only reads has left the old master too.
  const ofCaller = sampleFacts('n1/x', { caller: { ...sampleFacts('n1/x').caller, number: caller } });
  await old.admin.replicaof('127.0.0.1', '1');
  await vi.waitFor(
    async () => expect(await history.read(ofCaller, 1_000)).toMatchObject({ passUntil: 4102444800000 }),
    soon,
  );
  expect(old.admin.status).toBe('ready');
  const told = log.lines.filter(({ fields }) => fields.code === 'redis-read-only');
  expect(told).toMatchObject([{ level: 'error', fields: { remedy: expect.any(String) } }]);
  expect(pulse.outages()).toMatchObject([{ from: expect.any(Number), to: expect.any(Number) }]);
  expect(log.messages('info')).toContain('Redis takes records again');
});

test('each way to refuse is told with its remedy, and ends when its cause does', async () => {
  const server = await redisServer({ settings: ['--enable-protected-configs', 'yes'] });
  const { admin } = server;
  await admin.acl('SETUSER', 'gh', 'on', '>secret', '~gh:*', '+@all', '-@admin', '-@dangerous', '+info');
  const { log, pulse, outbox, call } = await recordKeeping(`redis://gh:secret@127.0.0.1:${server.port}`);
  const set = (name: string, value: string) => admin.config('SET', name, value);
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-redis-gone-'));
  const ways: readonly (readonly [string, string, () => Promise<unknown>, () => Promise<unknown>])[] = [
    ['OOM', 'redis-full', () => set('maxmemory', '1'), () => set('maxmemory', '0')],
    [
      'NOREPLICAS',
      'redis-no-replicas',
      () => set('min-replicas-to-write', '1'),
      () => set('min-replicas-to-write', '0'),
    ],
    [
      'NOPERM',
      'redis-rights',
      () => admin.acl('SETUSER', 'gh', '-xadd'),
      () => admin.acl('SETUSER', 'gh', '+xadd'),
    ],
    [
      'NOPERM',
      'redis-rights',
      () => admin.acl('SETUSER', 'gh', 'resetkeys', '~other:*'),
      () => admin.acl('SETUSER', 'gh', 'resetkeys', '~gh:*'),
    ],
    [
      'WRONGPASS',
      'redis-sign-in',
      () =>
        admin.acl('SETUSER', 'gh', 'resetpass', '>another').then(() => admin.client('KILL', 'USER', 'gh')),
      () => admin.acl('SETUSER', 'gh', 'resetpass', '>secret'),
    ],
    [
      'READONLY',
      'redis-read-only',
      () => admin.replicaof('127.0.0.1', '1'),
      () => admin.replicaof('NO', 'ONE'),
    ],
    [
      'MISCONF',
      'redis-disk',
      async () => {
        await set('dir', folder);
        rmSync(folder, { recursive: true });
        await set('save', '3600 1');
        await admin.bgsave();
        await vi.waitFor(async () => expect(await admin.info()).toContain('bgsave_status:err'), soon);
      },
      () => set('stop-writes-on-bgsave-error', 'no'),
    ],
  ];
  for (const [word, code, begin, end] of ways) {
    await begin();
    await vi.waitFor(() => expect(pulse.refusal()).toMatchObject({ code }), soon);
    expect(pulse.health(), word).toMatchObject({ up: false, state: 'refusing' });
    expect(pulse.refusal()?.message).toContain(`(${word})`);
    call();
    await end();
    await vi.waitFor(() => expect(pulse.health(), word).toMatchObject({ up: true, state: 'ready' }), soon);
    await vi.waitFor(() => expect(outbox.waitingOutcomes(), word).toBe(0), soon);
  }
  expect(await recordedIn(server)).toHaveLength(ways.length);
  expect(log.messages('error').map((line) => /\((\w+)\)/.exec(line)?.[1])).toEqual(
    ways.map(([word]) => word),
  );
  expect(JSON.stringify(log.lines)).not.toContain('secret');
});

test.each([
  'ERR server closed connection',
  'ERR proxy: no backend for hash slot',
  'ERR invalid password',
  'upstream failure',
])('a proxy before Redis that answers "%s" sets no record aside', async (line) => {
  const server = await redisServer();
  const proxy = await TcpProxy.to(server.port);
  onTestFinished(() => proxy.close());
  const { pulse, outbox, call } = await recordKeeping(`redis://127.0.0.1:${proxy.port}`);
  call();
  await vi.waitFor(() => expect(outbox.waitingOutcomes()).toBe(0), soon);
  proxy.refuse(line);
  for (let n = 0; n < 10; n++) call();
  await vi.waitFor(() => expect(pulse.health()).toMatchObject({ up: false, state: 'refusing' }), soon);
  expect(pulse.refusal()).toMatchObject({ code: 'redis-refuses', message: expect.stringContaining(line) });
  expect(outbox.state().setAside).toBe(0);
  expect(outbox.waitingOutcomes()).toBe(10);
  proxy.refuse(null);
  await vi.waitFor(() => expect(outbox.waitingOutcomes()).toBe(0), soon);
  await vi.waitFor(() => expect(pulse.health()).toMatchObject({ up: true, state: 'ready' }), soon);
  expect(await recordedIn(server)).toHaveLength(11);
});

test('a Redis that loads its data for long is told as such', async () => {
  const server = await redisServer({ settings: ['--key-load-delay', '10000'] });
  const { pulse } = await recordKeeping(server.url);
  const pipeline = server.admin.pipeline();
  for (let n = 0; n < 1_000; n++) pipeline.set(`other:${n}`, 'x');
  await pipeline.exec();
  await server.admin.save();
  await server.stop();
  const started = server.start();
  await vi.waitFor(() => expect(pulse.refusal()).toMatchObject({ code: 'redis-loading' }), soon);
  await started;
  await vi.waitFor(() => expect(pulse.health()).toMatchObject({ up: true, state: 'ready' }), soon);
  expect(pulse.refusal()).toBeNull();
});

test('asking whether records are taken leaves nothing behind', async () => {
  const server = await redisServer();
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const before = await server.admin.info('persistence');
  expect(await writeRefusal(redis)).toBeNull();
  expect(await server.admin.dbsize()).toBe(0);
  const changes = (text: string) => /rdb_changes_since_last_save:(\d+)/.exec(text)?.[1];
  expect(changes(await server.admin.info('persistence'))).toBe(changes(before));
});

test.each([
  ['READONLY You can’t write against a read only replica.', 'redis-read-only'],
  ['MASTERDOWN Link with MASTER is down', 'redis-read-only'],
  ['LOADING Redis is loading the dataset in memory', 'redis-loading'],
  ['NOAUTH Authentication required.', 'redis-sign-in'],
  ['DENIED Redis is running in protected mode', 'redis-sign-in'],
  ['CLUSTERDOWN Hash slot not served', 'redis-cluster-down'],
  ['BUSY Redis is busy running a script', 'redis-busy'],
  ['MAINTENANCE the hosted Redis moves', 'redis-refuses'],
  ['ERR syntax error', null],
  ['MOVED 3999 127.0.0.1:6381', null],
  ['WRONGTYPE Operation against a key', null],
])('%s', (reply, code) => {
  const error = Object.assign(new Error(reply), { name: 'ReplyError' });
  expect(refusalOf(error)?.code ?? null).toBe(code);
  expect(refusalOf(new Error(reply))).toBeNull();
});
