import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { findRecordedCall } from '../../src/cli/explain.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { runCli } from '../cli/run-cli.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

let server: RedisProcess;
beforeAll(async () => {
  server = await RedisProcess.start();
  const redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const transitions = ['n1/1', 'n1/"quoted"\\', 'n1/3'].map((callId, id) => {
    const facts = sampleFacts(callId, {
      now: Date.now() - (3 - id) * 60_000,
      sipCallId: id === 0 ? 'a@b' : 'same@b',
    });
    return { id, callId, kind: 'outcome', outcome: sampleOutcome(callId, { facts }) } as const;
  });
  await new RedisCallStore(redis, 86_400_000).write(transitions);
  redis.disconnect();
});
afterAll(() => server.remove());

test('by its call id, or by the SIP Call-ID: of several the latest', async () => {
  const find = async (id: string) =>
    (await findRecordedCall(server.url, id, Date.now() - 3_600_000))?.callId ?? null;
  expect(await find('n1/1')).toBe('n1/1');
  expect(await find('n1/"quoted"\\')).toBe('n1/"quoted"\\');
  expect(await find('a@b')).toBe('n1/1');
  expect(await find('same@b')).toBe('n1/3');
  expect(await find('n1')).toBeNull();
  await expect(findRecordedCall('redis://127.0.0.1:1', 'x', 0)).rejects.toMatchObject({ code: 'redis-away' });
});

test('whole numbers are printed only where the view can be audited', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-explain-'));
  try {
    const ask = (data: string) =>
      runCli(['explain', '--call', 'n1/1', '--show-numbers', '--redis', server.url], {
        env: { GATEHOUSE_DATA: data },
      });
    expect((await ask(dir)).stdout).toContain('+13175550123');
    const [look] = await new AuditLog(dir).read(1);
    expect(look).toMatchObject({ event: 'look', route: 'gatehouse explain', calls: ['n1/1'] });
    const missing = await ask(join(dir, 'missing'));
    expect(missing.stdout).toBe('');
    expect(missing.exitCode).not.toBe(0);
    expect(missing.stderr).toContain('only where the view can be audited');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
