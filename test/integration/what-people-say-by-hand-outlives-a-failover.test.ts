import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import { closeCommand } from '../../src/cli/by-hand/close.ts';
import { expectCommand } from '../../src/cli/by-hand/expect.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisDialedNumbers } from '../../src/history/redis-dialed-numbers.ts';
import { emergencyRememberedMs, SiteState } from '../../src/history/site-state.ts';
import { plainNames } from '../../src/privacy/caller-names.ts';
import { RecentWrites } from '../../src/redis/recent-writes.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { callerKeys, emergencyKey } from '../../src/redis/redis-keys.ts';
import { replicasBehind } from '../../src/redis/replicas.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { RedisSentinelProcesses } from '../fakes/redis-sentinel-processes.ts';
import { temporaryFolder } from '../fakes/temporary-folder.ts';

const caller = '+13175550177';

async function connect(url: string) {
  const redis = connectRedis(url, new RecordingLog(), { commandTimeoutMs: 2_000 });
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 10_000);
  return redis;
}

/** What the command says on stderr. */
async function said(command: Command, ...args: string[]): Promise<string> {
  let text = '';
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const lines = vi.spyOn(console, 'error').mockReturnValue();
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' });
  } finally {
    for (const spy of [out, err, lines]) spy.mockRestore();
  }
  return text;
}

test('flags of the page, dialed numbers and a call to 911 are written again to the replica that took over without them', async () => {
  const sentinels = await RedisSentinelProcesses.start();
  onTestFinished(() => sentinels.remove());
  const redis = await connect(sentinels.url);
  const recent = new RecentWrites(redis);
  const flags = new RedisCallerFlags(redis, plainNames, recent);
  const dialed = new RedisDialedNumbers(redis, plainNames, recent);
  const site = new SiteState({ redis, file: join(temporaryFolder(), 'site.json'), log: new RecordingLog() });
  onTestFinished(() => site.close());
  site.start();
  const now = Date.now();
  await sentinels.cutReplication();
  const written = await Promise.all([
    flags.flag(caller, 'scam', 'n1/1', now),
    flags.flag(caller, 'wanted', 'n1/2', now),
    flags.takeBack(caller, 'wanted', 'n1/2'),
    dialed.remember([{ number: caller, until: now + 3_600_000 }]),
    site.emergencyDialed(now),
  ]);
  expect(written).toEqual([true, true, true, true, true]);
  await sentinels.master.stop();
  await sentinels.failedOver();
  const { admin } = sentinels.replica;
  await vi.waitFor(
    async () => {
      expect(await admin.get(callerKeys(caller).dialed)).toBe(String(now + 3_600_000));
      expect(await admin.get(emergencyKey)).toBe(String(now + emergencyRememberedMs));
    },
    { timeout: 30_000, interval: 50 },
  );
  expect(await flags.read(caller, 'n1/1')).toMatchObject({ ofCall: ['scam'], ofCaller: { scam: 1 } });
});

test('a command says when the replicas lack what it wrote, and nothing when they have it', async () => {
  const sentinels = await RedisSentinelProcesses.start();
  onTestFinished(() => sentinels.remove());
  const data = await mkdtemp(join(tmpdir(), 'gatehouse-said-'));
  vi.stubEnv('GATEHOUSE_DATA', data);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    return rm(data, { recursive: true });
  });
  const at = ['--redis', sentinels.url];
  const expectCall = () => said(expectCommand(), caller, '--until', '1h', '--reason', 'a bank', ...at);
  expect(await expectCall()).toBe('');
  expect(await said(closeCommand(), '--until', '1h', ...at)).not.toContain('failover');

  sentinels.replica.freeze();
  const late = 'Done, but a failover of Redis may lose it: 0 of 1 replicas of Redis have it.';
  expect(await expectCall()).toContain(late);
  expect(await said(expectCommand(), '--list', ...at)).toBe('');
  const clerk = ['--redis', sentinels.url.replace('redis+sentinel://', 'redis+sentinel://clerk:secret@')];
  await sentinels.master.admin.call('ACL', 'SETUSER', 'clerk', 'on', '>secret', '~gh:*', '+@all', '-wait');
  expect(await said(expectCommand(), caller, '--until', '1h', '--reason', 'a bank', ...clerk)).toBe('');
  sentinels.replica.thaw();

  const redis = await connect(sentinels.url);
  await sentinels.cutReplication();
  expect(await replicasBehind(redis)).toBe('no replica is connected to the Redis that has it');
});

test('a Redis without replicas has none that could take over', async () => {
  const server = await RedisProcess.start();
  onTestFinished(() => server.remove());
  expect(await replicasBehind(await connect(server.url))).toBeNull();
});
