import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { OutageLog } from '../../src/redis/outages.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RedisPulse } from '../../src/redis/redis-pulse.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

function pathOfOutages(): string {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-outages-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, 'redis-outages.json');
}

async function watched(server: RedisProcess, path: string, waiting = () => 0) {
  const log = new RecordingLog();
  const redis = connectRedis(server.url, log);
  const pulse = new RedisPulse({ redis, outages: new OutageLog(path, log), waiting, log });
  const stop = () => {
    pulse.close();
    redis.disconnect();
  };
  onTestFinished(stop);
  pulse.start();
  return { log, redis, pulse, stop };
}

test('frozen without a call: noticed within 5 s, away since the moment it froze; the outage is remembered over a restart', async () => {
  const server = await RedisProcess.start();
  onTestFinished(() => server.remove());
  const path = pathOfOutages();
  let waiting = 3;
  const { log, redis, pulse, stop } = await watched(server, path, () => waiting);
  await redisReady(redis, 20_000);
  await vi.waitFor(() => expect(pulse.health().up).toBe(true), 90_000);
  // Long enough that "since it was connected" would be told from "since it froze".
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const frozenAt = Date.now();
  server.freeze();
  await vi.waitFor(() => expect(pulse.health().up).toBe(false), { timeout: 90_000, interval: 20 });
  const noticedMs = Date.now() - frozenAt;
  expect(noticedMs).toBeLessThan(5_000);
  const { since, state } = pulse.health();
  expect(['unresponsive', 'reconnecting', 'close', 'connecting']).toContain(state);
  expect(Math.abs(since - frozenAt)).toBeLessThan(2_000);
  waiting = 17;
  await vi.waitFor(() => expect(pulse.outages()).toEqual([{ from: since, to: null, waiting: 17 }]), 90_000);
  expect(log.messages('warn')).toContain('Redis does not answer: outcomes wait in the outbox');
  stop();

  // Ended and started again while Redis is away: the outage goes on, from when it began.
  const next = await watched(server, path, () => 21);
  await vi.waitFor(() => expect(next.pulse.health()).toMatchObject({ up: false, since }), 90_000);
  server.thaw();
  await vi.waitFor(() => expect(next.pulse.health().up).toBe(true), { timeout: 90_000, interval: 20 });
  const thawedAt = Date.now();
  const [outage] = next.pulse.outages();
  expect(outage).toMatchObject({ from: since, waiting: 21 });
  expect(thawedAt - (outage?.to ?? 0)).toBeLessThan(5_000);
  expect(next.pulse.health().since).toBe(outage?.to);
  next.stop();
  const third = await watched(server, path);
  expect(third.pulse.outages()).toEqual([outage]);
});

test('stopped and started: away since it last answered; a moment without a connection is no outage', async () => {
  const server = await RedisProcess.start();
  onTestFinished(() => server.remove());
  const { redis, pulse } = await watched(server, pathOfOutages());
  await redisReady(redis, 20_000);
  await vi.waitFor(() => expect(pulse.health().up).toBe(true), 90_000);
  await server.admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await vi.waitFor(() => expect(pulse.health().up).toBe(true), 90_000);
  await server.stop();
  const stoppedAt = Date.now();
  await vi.waitFor(() => expect(pulse.health().up).toBe(false), 90_000);
  expect(Math.abs(pulse.health().since - stoppedAt)).toBeLessThan(2_500);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await server.start();
  await vi.waitFor(() => expect(pulse.health().up).toBe(true), 90_000);
  expect(pulse.outages()).toHaveLength(1);
});

test('a file that is none of ours, or that cannot be written, costs only the memory of it', () => {
  const path = pathOfOutages();
  writeFileSync(path, '[{"from":"x"},{"from":1,"to":2,"waiting":3},7]');
  const log = new RecordingLog();
  const outages = new OutageLog(path, log);
  expect(outages.all()).toEqual([{ from: 1, to: 2, waiting: 3 }]);
  outages.begin(10_000, 1);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toHaveLength(2);
  const nowhere = new OutageLog('/dev/null/gatehouse/outages.json', log);
  nowhere.begin(10_000, 1);
  expect(nowhere.end(20_000, 2)).toEqual({ from: 10_000, to: 20_000, waiting: 2 });
  expect(log.messages('warn')).not.toEqual([]);
});
