import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { liveCalls } from './live-calls.ts';
import { outcomesOf } from './outcomes.ts';
import { TcpProxy } from './tcp-proxy.ts';

const watchdogSeconds = 20;

describe('the first law, 4: ARI slow or half-dead', () => {
  let lab: Lab;
  let wire: TcpProxy;

  beforeEach(async () => {
    lab = await Lab.up({ watchdogSeconds, gatehouse: false });
    wire = await TcpProxy.to(lab.asterisk.plan.httpPort);
    lab.gatehouse.plan.env.GATEHOUSE_ARI_URL = `http://127.0.0.1:${wire.port}`;
    await lab.gatehouse.start();
  });
  afterEach(async () => {
    await lab?.down();
    await wire?.close();
  });

  const reconnected = () =>
    until(
      'ARI to be connected again',
      30_000,
      async () => ((await lab.gatehouse.ready()) ? true : null),
      100,
    );

  it('when the wire goes dead without a word, calls inside and new ones reach the operators, each counted once', async () => {
    const inside = await lab.ring({ from: '+12125550181', to: switchboard, steps: [{ hold: 30_000 }] });
    await until('a call inside', 30_000, async () => ((await liveCalls(lab)) === 1 ? true : null));
    wire.stall();
    const late = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 28_000 }] });
    const ids = [inside.callId(), late.callId()];
    const arrivals = await lab.arrived(ids, (watchdogSeconds + 8) * 1000);
    expect(arrivals.map((one) => one.exit)).toEqual(['operators', 'operators']);
    wire.reset();
    wire.resume();
    await reconnected();
    const next = await lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 1000 }] });
    await next.finished();
    const outcomes = await outcomesOf(lab, [...ids, next.callId()], 30_000);
    expect([...outcomes.values()].map((found) => found.length)).toEqual([1, 1, 1]);
    for (const id of ids) expect(outcomes.get(id)?.[0]?.bypass).not.toBeNull();
    expect(outcomes.get(next.callId())?.[0]).toMatchObject({ bypass: null, decision: { rule: 'customers' } });
    await Promise.all([inside.child.stop(), late.child.stop()]);
  });

  it('when every connection is reset in the middle of a prompt, the call is screened to its end all the same', async () => {
    const phone = await lab.ring({
      from: '+12125550182',
      displayName: 'Steady',
      to: switchboard,
      steps: [{ hold: 4000 }, { pressInfo: '1' }, { hold: 1500 }],
    });
    await until('the call inside', 30_000, async () => ((await liveCalls(lab)) === 1 ? true : null));
    await sleep(1000);
    wire.reset();
    await reconnected();
    await phone.finished();
    const outcomes = await outcomesOf(lab, [phone.callId()]);
    expect(outcomes.get(phone.callId())).toHaveLength(1);
    expect(outcomes.get(phone.callId())?.[0]).toMatchObject({
      bypass: null,
      challenge: { result: 'passed' },
    });
    expect((await lab.arrivals()).map((one) => one.callerName)).toEqual(['Passed: Steady']);
  });

  it('when the wire resets again and again, 20 calls all reach the operators, each counted once', async () => {
    const phone = await lab.ring(
      {
        from: '+12125550170',
        to: switchboard,
        steps: [{ hold: 3000 }, { pressInfo: '1' }, { hold: 20_000 }],
      },
      { calls: 20, rate: 10 },
    );
    const ids = phone.callIds(20);
    for (let round = 0; round < 8; round++) {
      await sleep(400);
      wire.reset();
    }
    const arrivals = await lab.arrived(ids, (watchdogSeconds + 10) * 1000);
    expect(arrivals.map((one) => one.exit)).toEqual(Array(20).fill('operators'));
    const outcomes = await outcomesOf(lab, ids, 30_000);
    expect([...outcomes.values()].map((found) => found.length)).toEqual(Array(20).fill(1));
    await phone.child.stop();
  });
});
