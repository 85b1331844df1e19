import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { backtest } from '../../src/cli/backtest.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { ProgressLine } from '../../src/terminal/progress-line.ts';
import { BacktestFixture, callFrom, recorded } from '../backtest/backtest-fixture.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';

const days = 86_400_000;
const fixture = new BacktestFixture();
let server: RedisProcess;

beforeAll(async () => {
  server = await RedisProcess.start();
  const redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  const policy = await fixture.policy();
  const store = new RedisCallStore(redis, 90 * days);
  const numbers = ['+13175550140', '+12125550160', null, '+13175550180'];
  // 2,400 calls of the last three days, which is several pages of a shard, and one that is older.
  for (let from = 0; from < 2400; from += 400) {
    const transitions = Array.from({ length: 400 }, (_, at) => {
      const id = from + at;
      const now = Date.now() - Math.floor((id * 3 * days) / 2400) - 60_000;
      const facts = callFrom(String(id), numbers[id % numbers.length] ?? null, { now });
      return { id, callId: facts.callId, kind: 'outcome', outcome: recorded(facts, policy) } as const;
    });
    await store.write(transitions);
  }
  const old = callFrom('old', null, { now: Date.now() - 10 * days });
  await store.write([{ id: 9999, callId: old.callId, kind: 'outcome', outcome: recorded(old, policy) }]);
  redis.disconnect();
});
afterAll(async () => {
  await server.remove();
  fixture.remove();
});

test('every call since then is decided as it was, whatever page it is on', async () => {
  const run = async (since: string) => {
    const options = { rules: fixture.rules, since, redis: server.url, json: true } as const;
    return JSON.parse((await backtest(options, new ProgressLine('test'))).text);
  };
  expect(await run('7d')).toMatchObject({ calls: 2400, same: 2400, mismatches: 0, unreadable: { lines: 0 } });
  expect(await run('30d')).toMatchObject({ calls: 2401, same: 2401 });
  const day = await run('24h');
  expect(day.calls).toBeGreaterThan(780);
  expect(day.calls).toBeLessThan(801);
});

test('whole numbers of calls in Redis are told only where the look can be noted', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'gatehouse-backtest-'));
  const rules = fixture.edited('strict', 'lists/blocked.txt', (text) => `${text}+1 317 555 0140\n`);
  const options = { rules, since: '24h', redis: server.url, json: true } as const;
  const run = (showNumbers: boolean) => backtest({ ...options, showNumbers }, new ProgressLine('test'));
  try {
    vi.stubEnv('GATEHOUSE_DATA', dir);
    expect((await run(false)).text).not.toContain('3175550140');
    expect(await new AuditLog(dir).read(1)).toEqual([]);
    expect((await run(true)).text).toContain('3175550140');
    expect(await new AuditLog(dir).read(1)).toMatchObject([{ event: 'look', route: 'gatehouse backtest' }]);
    vi.stubEnv('GATEHOUSE_DATA', join(dir, 'missing'));
    await expect(run(true)).rejects.toMatchObject({ code: 'audit-log' });
  } finally {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true, force: true });
  }
});
