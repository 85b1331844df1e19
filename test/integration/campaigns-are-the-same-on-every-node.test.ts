import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { CampaignWatcher } from '../../src/app/campaign-watcher.ts';
import { SiteWatch } from '../../src/app/site-watch/site-watch.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { KnownCampaigns } from '../../src/history/known-campaigns.ts';
import { RedisCampaigns } from '../../src/history/redis-campaigns.ts';
import { changesOf, transitionFrom } from '../../src/outbox/transition.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { campaignsKey } from '../../src/redis/redis-keys.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { factsOf, finishedCall, minuteMs } from '../campaigns/finished-calls.ts';
import { runCli } from '../cli/run-cli.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

const signed = ['gateway-telco', '9f1c'] as const;
const listsNobody = () => false;

let server: RedisProcess;
beforeAll(async () => {
  server = await RedisProcess.start();
});
afterAll(() => server.remove());
beforeEach(() => server.admin.flushall());

async function node(name: string) {
  const log = new RecordingLog();
  const redis = connectRedis(server.url, log);
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 5_000);
  const watchers = () => [new CampaignWatcher({ onActive: () => {}, log })];
  return {
    redis,
    watch: new SiteWatch({ redis, id: name, watchers, log }),
    known: new KnownCampaigns(redis, log),
    campaigns: new RedisCampaigns(redis),
  };
}

let written = 0;
async function record(outcomes: readonly Outcome[]): Promise<void> {
  const redis = connectRedis(server.url, new RecordingLog());
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 5_000);
  const transitions = outcomes.flatMap((outcome) =>
    changesOf(outcome, 0).map((change) => transitionFrom(++written, outcome.callId, change)),
  );
  for (const one of await new RedisCallStore(redis, 90 * 86_400_000).write(transitions))
    expect(one.state).toBe('written');
}

function robots(count: number, from: number): Outcome[] {
  return Array.from({ length: count }, (_, at) =>
    finishedCall({ at: from + at * 5_000, signed, does: 'hangs-up', afterMs: 3000 }),
  );
}

test('one node recognizes a campaign, all nodes know it as calls arrive, also while Redis is away', async () => {
  const [one, other] = await Promise.all([node('n1'), node('n2')]);
  const now = Date.now();
  await one.watch.look(now);
  expect(other.known.facts(factsOf({ at: now, signed }), listsNobody)).toEqual({});
  await record(robots(10, now - 2 * minuteMs));
  await one.watch.look(now + 1000);
  await other.watch.look(now + 1000);
  expect([one.watch.isWatching, other.watch.isWatching]).toEqual([true, false]);
  await other.known.read();

  const [found] = other.known.all();
  expect(found).toMatchObject({ state: 'active', calls: 10, numbers: 10, traits: { origid: '9f1c' } });
  expect(await server.admin.pttl(campaignsKey)).toBeGreaterThan(80 * 86_400_000);
  await server.stop();
  await vi.waitFor(() => expect(other.redis.status).not.toBe('ready'));
  await other.known.read();
  const next = factsOf({ at: now + 2000, signed });
  expect(other.known.facts(next, listsNobody)).toEqual({ campaign: found?.id });
  expect(other.known.facts(next, () => true)).toEqual({ campaign: null });
  expect(other.known.facts(factsOf({ at: now + 2000 }), listsNobody)).toEqual({ campaign: null });
  await server.start();
});

test('another node goes on with it, counts no call twice, and writes what Redis has lost', async () => {
  const [one, other] = await Promise.all([node('n1'), node('n2')]);
  const now = Date.now();
  await record(robots(10, now - 2 * minuteMs));
  await one.watch.look(now);
  const [before] = await one.campaigns.list(now);
  await one.watch.giveBack();
  await record(robots(3, now));
  await other.watch.look(now + 1000);
  expect(other.watch.isWatching).toBe(true);
  expect(await other.campaigns.list(now)).toMatchObject([
    { id: before?.id, calls: 13, numbers: 13, returns: 0 },
  ]);

  await server.admin.del(campaignsKey);
  await other.watch.look(now + 61_000);
  expect(await other.campaigns.list(now)).toMatchObject([{ id: before?.id, calls: 13 }]);
});

test('what staff say holds at once, and the watching node heeds it', async () => {
  const one = await node('n1');
  const now = Date.now();
  await record(robots(10, now - 2 * minuteMs));
  await one.watch.look(now);
  const id = (await one.campaigns.list(now))[0]?.id ?? '';
  await one.campaigns.say(id, { name: 'Car warranty' });
  await one.campaigns.say(id, { dismissed: true });
  expect(await one.campaigns.list(now)).toMatchObject([{ name: 'Car warranty', state: 'dismissed' }]);
  await one.known.read();
  expect(one.known.facts(factsOf({ at: now, signed }), listsNobody)).toEqual({ campaign: null });

  await one.watch.look(now + 1000);
  await record(robots(20, now));
  await one.watch.look(now + 2000);
  expect(await one.campaigns.list(now)).toMatchObject([{ state: 'dismissed', calls: 10 }]);
});

test('gatehouse campaigns lists, tells, names, merges and dismisses them, and leaves a line in the audit log', async () => {
  const one = await node('n1');
  const now = Date.now();
  const police = Array.from({ length: 10 }, (_, at) =>
    finishedCall({ at: now - 2 * minuteMs + at * 5000, name: 'Police Fund', does: 'is-silent' }),
  );
  await record([...robots(10, now - 2 * minuteMs), ...police]);
  await one.watch.look(now);
  const ids = (await one.campaigns.list(now)).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-campaigns-'));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const env = { GATEHOUSE_REDIS_URL: server.url, GATEHOUSE_DATA: data };
  const campaigns = (...args: readonly string[]) => runCli(['campaigns', ...args], { env });
  const [first = '', second = ''] = ids;

  expect(await campaigns('name', first, 'Fake\u202E police')).toMatchObject({ exitCode: 0 });
  expect(await campaigns('merge', second, first)).toMatchObject({ exitCode: 0 });
  expect(JSON.parse((await campaigns('show', first, '--json')).stdout)).toMatchObject({
    id: first,
    calls: 20,
  });
  expect(await campaigns('dismiss', first)).toMatchObject({ exitCode: 0 });
  expect((await campaigns()).stdout).toBe('No campaign goes on.\n');
  expect(await campaigns('pin', 'c-none')).toMatchObject({ exitCode: 1 });
  const events = (await new AuditLog(data).read(10)).map(({ event, route }) => [event, route]);
  expect(events).toEqual(Array(3).fill(['campaign', 'gatehouse campaigns']));
}, 240_000);
