import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { claimForSite } from '../../src/redis/site-claim.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { hourMs, minuteMs, quietStart, RecordingChannel } from '../notices/recording-channel.ts';

let server: RedisProcess;
beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(() => server.admin.flushall());

/** A node with a connection of its own, whose digest is due at 16:00, in an hour. */
async function node(name: string, to?: string) {
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 5_000);
  const claims: (boolean | null)[] = [];
  const channel = new RecordingChannel(to);
  const counts = async () => [{ value: 'connected', calls: 12 }];
  const { clock } = quietStart({
    ...{ node: name, channels: [channel], digest: 'daily', digestAtMinute: 16 * 60 },
    sources: {
      policyRefused: () => null,
      backlog: () => 0,
      digest: { counts },
      isOurs: async (digest) => {
        const isOurs = await claimForSite(redis, digest, name).catch(() => null);
        claims.push(isOurs);
        return isOurs ?? true;
      },
    },
  });
  return { clock, channel, claims };
}
type Node = Awaited<ReturnType<typeof node>>;

async function sendDigests(nodes: readonly Node[], days = 1): Promise<void> {
  for (let day = 1; day <= days; day++) {
    await Promise.all(nodes.map(({ clock }) => clock.advance(day === 1 ? hourMs : 24 * hourMs - minuteMs)));
    await vi.waitFor(() => expect(nodes.map(({ claims }) => claims.length)).toEqual(nodes.map(() => day)));
    for (const { clock } of nodes) await clock.advance(minuteMs);
  }
}

const sent = (nodes: readonly Node[]) => nodes.map(({ channel }) => channel.messages.length);

test('three nodes, one digest a day; the claim expires', async () => {
  const nodes = await Promise.all(['n1', 'n2', 'n3'].map((name) => node(name)));
  await sendDigests(nodes, 2);
  expect(sent(nodes).reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(nodes.flatMap(({ channel }) => channel.told.flat())).toEqual(Array(2).fill('Daily summary'));
  const keys = await server.admin.keys('*');
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    expect(key).toMatch(/^gh:\{site\}:claimed:digest:daily:\d+:[\w-]{16}$/);
    expect(await server.admin.pttl(key)).toBeGreaterThan(7 * 24 * hourMs);
  }
});

test('other recipients get a digest of their own', async () => {
  const nodes = await Promise.all([node('n1'), node('n2', 'https://hooks.example/branch')]);
  await sendDigests(nodes);
  expect(sent(nodes)).toEqual([1, 1]);
});

test('a node that asks again is told again that it is the one', async () => {
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 5_000);
  expect(await claimForSite(redis, 'digest:1', 'n1')).toBe(true);
  expect(await claimForSite(redis, 'digest:1', 'n2')).toBe(false);
  expect(await claimForSite(redis, 'digest:1', 'n1')).toBe(true);
  expect(await claimForSite(redis, 'digest:2', 'n2')).toBe(true);
});

test('while Redis is away every node sends: twice is better than not at all', async () => {
  const nodes = await Promise.all([node('n1'), node('n2')]);
  await server.stop();
  onTestFinished(() => server.start());
  await sendDigests(nodes);
  expect(nodes.map(({ claims }) => claims)).toEqual([[null], [null]]);
  expect(sent(nodes)).toEqual([1, 1]);
});
