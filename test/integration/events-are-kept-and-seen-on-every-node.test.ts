import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { SiteEventLog } from '../../src/history/site-event-log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { siteEventsKey } from '../../src/redis/redis-keys.ts';
import { eventOf } from '../../src/site-events/site-event.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

const dayMs = 86_400_000;

let server: RedisProcess;
let dir: string;
beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(async () => {
  await server.admin.flushall();
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-events-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
});

async function node(name: string) {
  const log = new RecordingLog();
  const redis = connectRedis(server.url, log);
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000).catch(() => undefined);
  const events = new SiteEventLog({ redis, file: join(dir, `${name}.json`), keptMs: 90 * dayMs, log });
  return { redis, events };
}

const outage = (from: number, until: number | null) =>
  eventOf({
    id: `redis:n1:${from}`,
    kind: 'outage',
    at: from,
    until,
    node: 'n1',
    title: 'Redis unavailable',
  });

test('what one node notes every node has, whole, and it expires', async () => {
  const [one, other] = await Promise.all([node('n1'), node('n2')]);
  const now = Date.now();
  one.events.note(outage(now - 5000, null));
  await one.events.exchange();
  await other.events.exchange();
  expect(other.events.hasRead).toBe(true);
  expect(other.events.all()).toEqual([outage(now - 5000, null)]);
  one.events.note(outage(now - 5000, now));
  one.events.note(outage(now - 5000, null));
  await vi.waitFor(async () => {
    await one.events.exchange();
    await other.events.exchange();
    expect(other.events.all()).toEqual([outage(now - 5000, now)]);
  });
  expect(await server.admin.pttl(siteEventsKey)).toBeGreaterThan(89 * dayMs);
});

test('an outage of Redis is noted while Redis is away, over a restart, and reaches the others when it is back', async () => {
  const one = await node('n1');
  const now = Date.now();
  await server.stop();
  await vi.waitFor(() => expect(one.redis.status).not.toBe('ready'));
  one.events.note(outage(now, null));
  await one.events.close();
  one.redis.disconnect();

  const again = await node('n1');
  expect(again.events.all()).toEqual([outage(now, null)]);
  again.events.note(outage(now, now + 60_000));
  await server.start();
  await redisReady(again.redis, 20_000);
  const other = await node('n2');
  await vi.waitFor(async () => {
    await again.events.exchange();
    await other.events.exchange();
    expect(other.events.all()).toEqual([outage(now, now + 60_000)]);
  }, 20_000);
});

test('a new node reads thousands of events; the stream is capped, and foreign entries are left out', async () => {
  const one = await node('n1');
  const now = Date.now();
  for (let from = 0; from < 12_000; from += 1000) {
    const pipeline = server.admin.pipeline();
    for (let at = from; at < from + 1000; at++)
      pipeline.xadd(siteEventsKey, '*', 'event', JSON.stringify(outage(now - 20_000 + at, now)));
    await pipeline.exec();
  }
  await server.admin.xadd(siteEventsKey, '*', 'event', '{"id":"x","kind":"<script>"}');
  one.events.note(outage(now + 1, now + 2000));
  await one.events.exchange();
  await one.events.exchange();
  expect(one.events.get(`redis:n1:${now + 1}`)).toBeDefined();
  expect(one.events.all().length).toBeLessThanOrEqual(5000);
  expect(await server.admin.xlen(siteEventsKey)).toBeLessThan(10_500);
});

test('a file that is none of ours costs nothing but what was in it', async () => {
  await writeFile(join(dir, 'n1.json'), '{"events":[{"id":7}],"waiting":"all"}');
  const one = await node('n1');
  expect(one.events.all()).toEqual([]);
});
