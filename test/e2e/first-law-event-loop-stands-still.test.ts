import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

describe('the first law: the event loop of Gatehouse stands still', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up({
      watchdogSeconds: 40,
      gatehouseEntry: join(import.meta.dirname, 'serve-that-stalls.ts'),
    });
  });
  afterAll(async () => {
    await lab?.down();
  });

  it('it ends itself, so that new callers reach the operators at once and no talk is disturbed', async () => {
    const customer = (hold: number) => ({ from: numbers.customer, to: switchboard, steps: [{ hold }] });
    const talking = await lab.ring(customer(35_000));
    await until('a talk', 8000, async () => (await lab.arrivals()).length === 1 || null);
    const poison = await lab.ring({ from: '+12125550177', to: switchboard, steps: [{ hold: 45_000 }] });
    await sleep(500);
    const { ended } = lab.gatehouse.child;
    expect(await Promise.race([ended.then(() => 'ended'), sleep(25_000)])).toBe('ended');
    const begun = Date.now();
    const late = await lab.ring(customer(2000));
    await until('the late caller', 5000, async () => (await lab.arrivals()).length === 2 || null, 50);
    expect(Date.now() - begun).toBeLessThan(2000);
    const { calls } = await talking.finished();
    expect([...calls.values()]).toEqual([['answered', 'hung-up']]);
    await until('the poisonous call', 45_000, async () => (await lab.arrivals()).length === 3 || null, 100);
    expect((await lab.arrivals()).map(({ exit }) => exit)).toEqual(Array(3).fill('operators'));

    await lab.gatehouse.start();
    const ids = [talking.callId(), late.callId(), poison.callId()];
    const outcomes = await outcomesOf(lab, ids, 30_000);
    const bypasses = ids.map((id) => (outcomes.get(id) ?? []).map(({ bypass }) => bypass?.reason));
    expect(bypasses).toEqual([[undefined], ['app-absent'], ['watchdog']]);
    await poison.child.stop();
  });
});
