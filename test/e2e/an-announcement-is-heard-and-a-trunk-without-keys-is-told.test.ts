import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import { findSound, readWav } from '../../lab/listening.ts';
import { RtpCapture } from '../../lab/rtp-capture.ts';
import { RedisClosures } from '../../src/history/closures.ts';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import type { Health } from '../../src/report/api/health.ts';
import { outcomesOf } from './outcomes.ts';

const announcement = 'We are closed because of the snow. Please hold the line for the operators.';

/** A trunk over which no key arrives, whatever its callers press. */
const keyless = { name: 'keyless', address: '127.0.1.9' };
const endpoint = `
[${keyless.name}]
type = endpoint
context = gatehouse-in
disallow = all
allow = ulaw
[${keyless.name}]
type = identify
endpoint = ${keyless.name}
match = ${keyless.address}
`;

describe('an announcement before connect, a trunk that gives no keys, and what is closed by hand', () => {
  let lab: Lab;
  let rules: string;

  const edit = async (name: string, from: RegExp, to: string): Promise<void> => {
    const file = join(rules, name);
    const text = await readFile(file, 'utf8');
    expect(text).toMatch(from);
    await writeFile(file, text.replace(from, to));
  };
  const health = async () => (await (await fetch(`${lab.gatehouse.url}/healthz`)).json()) as Health;
  const metrics = async () => (await fetch(`${lab.gatehouse.url}/metrics`)).text();

  beforeAll(async () => {
    rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
    await cp(shippedRules, rules, { recursive: true });
    await edit('prompts.yaml', /^prompts:$/m, `prompts:\n  snow-day: { en: "${announcement}" }`);
    await edit(
      'policy.yaml',
      /connect: \{ label: 'Customer \{name\}' \}/,
      "connect: { label: 'Customer {name}', announcement: snow-day }",
    );
    await edit(
      'policy.yaml',
      /challenge: \{ attempts: 2, timeout: 6s,/,
      'challenge: { attempts: 1, timeout: 2s,',
    );
    lab = await Lab.up({ rules, editAsterisk: (etc) => appendFile(join(etc, 'pjsip.conf'), endpoint) });
  });
  afterAll(async () => {
    await lab?.down();
    await rm(rules, { recursive: true, force: true });
  });

  it('the caller hears the announcement, and is connected then', async () => {
    const phone = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 9000 }] });
    const capture = await RtpCapture.start(phone.mediaPort);
    await phone.finished();
    const heard = capture.samples();
    await capture.stop();
    const words = await readWav(join(lab.dir, 'prompts', 'en', 'snow-day.wav'));
    expect(findSound(heard, words, 0, 8000 * 4).likeness).toBeGreaterThan(0.9);
    expect(await lab.arrived([phone.callId()], 20_000)).toMatchObject([{ exit: 'operators' }]);
  });

  it('keys that never arrive: the trunk is told with its remedy', async () => {
    const calls = 20;
    const phone = await lab.ring(
      { from: '[field0]', to: switchboard, steps: [{ hold: 14_000 }] },
      {
        ...{ calls, rate: 10, localAddress: keyless.address },
        numbers: Array.from({ length: calls }, (_, n) => `+1212555${String(100 + n).padStart(4, '0')}`),
      },
    );
    await phone.finished();
    const outcomes = await outcomesOf(lab, phone.callIds(calls), 60_000);
    const ends = [...outcomes.values()].map(([outcome]) => outcome?.challenge?.result);
    expect(ends).toEqual(Array.from({ length: calls }, () => 'silent'));
    const { trunk, callers, remedy } = await until('the trunk to be told', 40_000, async () => {
      const { keylessTrunks } = await health();
      return keylessTrunks[0] ?? null;
    });
    expect({ trunk, callers }).toEqual({ trunk: keyless.name, callers: calls });
    expect(remedy).toContain('dtmf_mode');
    expect(await metrics()).toContain(
      `gatehouse_trunk_callers_without_key{trunk="${keyless.name}"} ${calls}`,
    );
  });

  it('what is closed by hand stands in health, metrics and the report', async () => {
    const redis = connectRedis(lab.redis.url, silentLog, { name: 'test' });
    try {
      await redisReady(redis, 20_000);
      const until = Date.now() + 3_600_000;
      const closure = { calendar: '*', until, since: Date.now(), reason: 'Snow; ask +13175550123' };
      await new RedisClosures(redis).close(closure, Date.now());
    } finally {
      redis.disconnect();
    }
    const [closed] = await until('the closure to be seen', 20_000, async () => {
      const { closures } = await health();
      return closures.length > 0 ? closures : null;
    });
    expect(closed).toMatchObject({ calendar: '*', reason: 'Snow; ask +1317•••••23' });
    expect(await metrics()).toContain('gatehouse_closed_by_hand{calendar="*"} 1');
    const report = await (await fetch(`${lab.gatehouse.url}/api/report?since=1h`)).json();
    expect(report).toMatchObject({ closures: [closed] });
  });
});
