import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    await lab.arrived([talking.callId()], 30_000);
    const poison = await lab.ring({ from: '+12125550177', to: switchboard, steps: [{ hold: 45_000 }] });
    await sleep(500);
    const { ended } = lab.gatehouse.child;
    expect(await Promise.race([ended.then(() => 'ended'), sleep(25_000)])).toBe('ended');
    const begun = Date.now();
    const late = await lab.ring(customer(2000));
    await lab.arrived([late.callId()], 30_000);
    expect(Date.now() - begun).toBeLessThan(10_000);
    const { calls } = await talking.finished();
    expect([...calls.values()]).toEqual([['answered', 'hung-up']]);
    const ids = [talking.callId(), late.callId(), poison.callId()];
    const arrivals = await lab.arrived(ids, 45_000);
    expect(arrivals.map(({ exit }) => exit)).toEqual(Array(3).fill('operators'));

    await lab.gatehouse.start();
    const outcomes = await outcomesOf(lab, ids, 30_000);
    const bypasses = ids.map((id) => (outcomes.get(id) ?? []).map(({ bypass }) => bypass?.reason));
    // Ended a moment ago it is absent; a heartbeat of more than six seconds ago is looked at first.
    expect(bypasses).toEqual([[undefined], [expect.stringMatching(/^app-(absent|frozen)$/)], ['watchdog']]);
    await poison.child.stop();
  });
});
