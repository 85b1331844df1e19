import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

/** The ten minutes of the promise are in test/integration, at their real size; here is the road of real calls. */
const calls = 300;

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.up();
});
afterAll(async () => {
  await lab?.down();
});

async function health(): Promise<{ redis: string; backlog: number }> {
  const reply = await fetch(`${lab.gatehouse.url}/healthz`, { signal: AbortSignal.timeout(5_000) });
  return (await reply.json()) as { redis: string; backlog: number };
}

test('Redis is stopped under 20 calls a second: all are connected, wait on disk, and are recorded once when it is back', async () => {
  const phone = await lab.ring(
    { from: numbers.customer, to: switchboard, steps: [{ hold: 1000 }] },
    { calls, rate: 20, timeoutMs: 60_000 },
  );
  await sleep(1_000);
  await lab.redis.stop();
  const result = await phone.finished();
  expect([...result.calls.values()]).toEqual(Array(calls).fill(['answered', 'hung-up']));
  const away = await health();
  expect(away.redis).not.toBe('ready');
  expect(away.backlog).toBeGreaterThan(calls / 2);

  await lab.redis.start();
  await lab.record();
  await until('an empty outbox', 30_000, async () => {
    const { redis, backlog } = await health();
    return redis === 'ready' && backlog === 0 ? true : null;
  });
  // Calls that a busy machine sent on unscreened wait in the spool, not in the outbox.
  const outcomes = await outcomesOf(lab, [...result.calls.keys()], 60_000);
  expect([...outcomes.values()].filter((of) => of.length !== 1)).toEqual([]);
  expect(outcomes.size).toBe(calls);
});
