import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';

test('a mailbox that nobody made: the record says that the call reached the operators, and why', async () => {
  const rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
  onTestFinished(() => rm(rules, { recursive: true, force: true }));
  await cp(shippedRules, rules, { recursive: true });
  const file = join(rules, 'policy.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replaceAll(/box: general\b/g, 'box: nobodys'));
  const lab = await Lab.up({ rules });
  onTestFinished(() => lab.down());
  const redis = connectRedis(lab.redis.url, silentLog, { name: 'test', commandTimeoutMs: 20_000 });
  onTestFinished(() => redis.disconnect());
  await redisReady(redis, 20_000);
  const records = await RedisRangeRecords.open(redis);
  const phone = await lab.ring({
    from: '+12125550152',
    to: switchboard,
    steps: [{ hold: 2500 }, { press: '5' }, { hold: 2000 }, { press: '6' }, { hold: 15_000 }],
  });
  const call = await until('the record, corrected', 60_000, async () => {
    const found = await records.call(phone.callId()).catch(() => null);
    return found?.realExit === undefined ? null : found;
  });
  expect(call.outcome.exit).toEqual({ kind: 'voicemail', box: 'nobodys' });
  expect(call.realExit).toMatchObject({
    asked: 'gatehouse-voicemail,nobodys',
    to: { kind: 'operators' },
    why: 'box-missing',
  });
  const range = { since: Date.now() - 3_600_000, until: Date.now() + 60_000 };
  expect((await records.summary(range)).totals).toMatchObject({ calls: 1, connected: 1, voicemail: 0 });
  await phone.child.stop();
});
