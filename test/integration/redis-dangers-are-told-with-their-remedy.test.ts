import { expect, onTestFinished, test, vi } from 'vitest';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RedisWatch, redisDangers } from '../../src/redis/redis-dangers.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

async function started(options: Parameters<typeof RedisProcess.start>[0] = {}) {
  const server = await RedisProcess.start(options);
  onTestFinished(() => server.remove());
  const log = new RecordingLog();
  const redis = connectRedis(server.url, log);
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const codes = async () => (await redisDangers(redis)).map(({ code, level }) => `${code} ${level}`);
  return { server, log, redis, codes };
}

test('a Redis that keeps what it takes is no danger', async () => {
  const { codes } = await started({ keepsData: true });
  expect(await codes()).toEqual([]);
});

test('snapshots alone are enough to be no danger', async () => {
  const { server, codes } = await started();
  expect(await codes()).toEqual(['redis-forgets warn']);
  await server.admin.config('SET', 'save', '3600 1');
  expect(await codes()).toEqual([]);
});

test.each(['allkeys-lru', 'volatile-ttl'])(
  'a Redis that evicts by %s is one, since every key of ours expires',
  async (policy) => {
    const { server, codes } = await started({ keepsData: true });
    await server.admin.config('SET', 'maxmemory-policy', policy);
    expect(await codes()).toEqual(['redis-evicts warn']);
  },
);

test('a Redis that is nearly full is one', async () => {
  const { server, codes } = await started({ keepsData: true });
  const used = Number(/used_memory:(\d+)/.exec(await server.admin.info('memory'))?.[1]);
  await server.admin.config('SET', 'maxmemory', String(Math.round(used * 1.1)));
  expect(await codes()).toEqual(['redis-nearly-full warn']);
  await server.admin.config('SET', 'maxmemory', String(used * 4));
  expect(await codes()).toEqual([]);
});

test('a Redis that answers without a password beyond loopback is one; with one, or protected, it is none', async () => {
  // 127.0.0.2 stands for an address at which others reach this machine.
  const server = await RedisProcess.start({
    keepsData: true,
    settings: ['--bind', '127.0.0.1', '127.0.0.2', '--protected-mode', 'no'],
  });
  onTestFinished(() => server.remove());
  const connected = async (user: string) => {
    const redis = connectRedis(`redis://${user}127.0.0.1:${server.port}`, new RecordingLog());
    onTestFinished(() => redis.disconnect());
    await redisReady(redis, 20_000);
    return (outside: readonly string[]) => redisDangers(redis, outside);
  };
  const open = await connected('');
  expect(await open(['127.0.0.2'])).toMatchObject([
    {
      code: 'redis-open',
      level: 'warn',
      message: expect.stringContaining(`127.0.0.2:${server.port}`),
      remedy: expect.stringMatching(/requirepass.*GATEHOUSE_REDIS_URL/),
    },
  ]);
  // Nobody reaches it there; and no interface at all.
  expect(await open(['127.0.0.3'])).toEqual([]);
  expect(await open([])).toEqual([]);
  // A user of our own does not help while everybody else comes in without.
  await server.admin.acl(
    'SETUSER',
    'gh',
    'on',
    '>secret',
    '~gh:*',
    '+@all',
    '-@admin',
    '-@dangerous',
    '+info',
  );
  const named = await connected('gh:secret@');
  expect(await named(['127.0.0.2'])).toMatchObject([{ code: 'redis-open' }]);
  await server.admin.acl('SETUSER', 'default', '-@all', '+ping', '+acl', '+config');
  expect(await named(['127.0.0.2'])).toEqual([]);
  await server.admin.acl('SETUSER', 'default', '+@all');
  await server.admin.config('SET', 'requirepass', 'password');
  expect(await named(['127.0.0.2'])).toEqual([]);
  expect(await (await connected(':password@'))(['127.0.0.2'])).toEqual([]);
});

test('a user who may not ask is told so, and that nothing is known', async () => {
  const { server } = await started({ keepsData: true });
  await server.admin.acl('SETUSER', 'narrow', 'on', '>narrow', '~gh:*', '+@all', '-info', '-@dangerous');
  const narrow = connectRedis(`redis://narrow:narrow@127.0.0.1:${server.port}`, new RecordingLog());
  onTestFinished(() => narrow.disconnect());
  // Without INFO no client knows when Redis is ready, so the connection itself says what is missing.
  await vi.waitFor(
    async () => expect((await redisDangers(narrow)).map(({ code }) => code)).toEqual(['redis-not-asked']),
    20_000,
  );
});

test('each danger is logged once with its remedy, again only after it was gone, and is there for who asks', async () => {
  const { server, log, redis } = await started({ keepsData: true });
  const watch = new RedisWatch(redis, log);
  onTestFinished(() => watch.close());
  await watch.look();
  expect(watch.dangers()).toEqual([]);
  const told = () => log.lines.filter(({ fields }) => fields.code === 'redis-evicts');
  const evicting = (is: boolean) =>
    server.admin.config('SET', 'maxmemory-policy', is ? 'allkeys-lru' : 'noeviction');
  await evicting(true);
  await watch.look();
  await watch.look();
  expect(told()).toMatchObject([
    {
      level: 'warn',
      message: expect.stringContaining('allkeys-lru'),
      fields: { remedy: expect.stringContaining('noeviction') },
    },
  ]);
  expect(watch.dangers()).toMatchObject([{ code: 'redis-evicts', level: 'warn', server: '' }]);
  await evicting(false);
  await watch.look();
  expect(watch.dangers()).toEqual([]);
  await evicting(true);
  await watch.look();
  expect(told()).toHaveLength(2);
});
