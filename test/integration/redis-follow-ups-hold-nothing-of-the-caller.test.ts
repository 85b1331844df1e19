import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { RedisFollowUps } from '../../src/history/redis-follow-ups.ts';
import { RecentWrites } from '../../src/redis/recent-writes.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

const dayMs = 86_400_000;
const now = Date.now();
const call = (id: string, days = 0) => ({ callId: `n1/${id}`, arrivedAt: now - days * dayMs });

let server: RedisProcess;
let redis: RedisClient;
let followUps: RedisFollowUps;

beforeAll(async () => {
  server = await RedisProcess.start();
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  followUps = new RedisFollowUps(redis, 90 * dayMs, new RecentWrites(redis));
});
afterAll(async () => {
  redis.disconnect();
  await server.remove();
});
beforeEach(() => server.admin.flushall());

test('who said it first stands, and it is taken back', async () => {
  const ann = { at: now, who: 'ann' };
  expect(await followUps.done(call('1'), ann)).toBe(true);
  expect(await followUps.done(call('1'), { at: now + 1, who: 'bea' })).toBe(false);
  expect(await followUps.done(call('2', 40), { at: now, who: 'bea' })).toBe(true);
  const all = [call('1'), call('2', 40), call('3'), call('4', 80)];
  expect(await followUps.read(all)).toEqual(
    new Map([
      ['n1/1', ann],
      ['n1/2', { at: now, who: 'bea' }],
    ]),
  );
  expect(await followUps.count({ since: now - 40 * dayMs, until: now })).toBe(2);
  expect(await followUps.count({ since: now - 20 * dayMs, until: now })).toBe(1);
  expect(await followUps.count({ since: now - 80 * dayMs, until: now - 50 * dayMs })).toBe(0);
  expect(await followUps.undo(call('1'))).toBe(true);
  expect(await followUps.undo(call('1'))).toBe(false);
  expect([...(await followUps.read(all)).keys()]).toEqual(['n1/2']);
  expect(await followUps.read([])).toEqual(new Map());
});

test('no key and no value has anything of the call, and each day goes with its records', async () => {
  await followUps.done(call('3175550123'), { at: now, who: 'ann' });
  const [key = ''] = await server.admin.keys('*');
  expect(key).toMatch(/^gh:\{follow-ups:\d{4}-\d\d-\d\d\}:done$/);
  const rows = await server.admin.hgetall(key);
  expect(JSON.stringify(rows)).not.toContain('3175550123');
  expect(Object.values(rows)).toEqual([JSON.stringify({ at: now, who: 'ann' })]);
  const left = await server.admin.pttl(key);
  expect(left).toBeGreaterThan(90 * dayMs);
  expect(left).toBeLessThanOrEqual(91 * dayMs);
});

test('what is none of ours is left out', async () => {
  await followUps.done(call('1'), { at: now, who: 'ann' });
  const [key = ''] = await server.admin.keys('*');
  for (const value of ['', '{', '{"at":"now","who":1}', '[]', 'null']) {
    const [field = ''] = await server.admin.hkeys(key);
    await server.admin.hset(key, field, value);
    expect(await followUps.read([call('1')])).toEqual(new Map());
  }
});
