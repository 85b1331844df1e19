import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { LabCaller } from '../../lab/caller.ts';
import { until } from '../../lab/child.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { liveCalls } from './live-calls.ts';
import { outcomesOf } from './outcomes.ts';

const watchdogSeconds = 20;
const twenty = { calls: 20, rate: 20, timeoutMs: 90_000 };

describe('the first law: a call is never lost to its own screener', () => {
  let lab: Lab;
  afterEach(async () => {
    await lab?.down();
  });

  async function twentyInside(steps: Parameters<Lab['ring']>[0]['steps']): Promise<LabCaller> {
    const phone = await lab.ring(
      { from: '+12125550170', displayName: 'Twenty', to: switchboard, steps },
      twenty,
    );
    await until('20 calls inside', 30_000, async () => ((await liveCalls(lab)) === 20 ? true : null));
    return phone;
  }

  it('1: when the app is not running, the call goes to the operators at once and is counted later', async () => {
    lab = await Lab.up({ gatehouse: false });
    const phone = await lab.ring({
      from: '+12125550170',
      displayName: 'Early',
      to: switchboard,
      steps: [{ hold: 1500 }],
    });
    const { calls } = await phone.finished();
    expect(calls.get(phone.callId())).toEqual(['answered', 'hung-up']);
    const [arrival] = await lab.arrivals();
    expect(arrival).toMatchObject({
      callId: phone.callId(),
      exit: 'operators',
      callerName: 'Not screened: Early',
    });

    await lab.gatehouse.start();
    const [outcome, ...more] = (await outcomesOf(lab, [phone.callId()])).get(phone.callId()) ?? [];
    expect(more).toEqual([]);
    expect(outcome).toMatchObject({
      decision: null,
      exit: { kind: 'connect', exit: 'operators' },
      bypass: { reason: 'app-absent' },
    });
  });

  it('2: when the app is killed (-9) with 20 calls inside, all reach the operators and each is counted once', async () => {
    lab = await Lab.up({ watchdogSeconds });
    const phone = await twentyInside([{ hold: 45_000 }]);
    lab.gatehouse.child.signal('SIGKILL');
    await lab.gatehouse.child.ended;
    const arrivals = await lab.arrived(phone.callIds(20), (watchdogSeconds + 10) * 1000);
    expect(arrivals.map((one) => one.exit)).toEqual(Array(20).fill('operators'));
    const rang = await until('20 rings of the phone', 30_000, async () =>
      (await lab.operators.calls()).length === 20 ? lab.operators.calls() : null,
    );
    expect(rang.every((call) => call.from.includes('Not screened: Twenty'))).toBe(true);

    await lab.gatehouse.start();
    const outcomes = await outcomesOf(lab, phone.callIds(20));
    expect([...outcomes.values()].map((found) => found.length)).toEqual(Array(20).fill(1));
    expect([...outcomes.values()].every(([one]) => one?.bypass?.reason === 'watchdog')).toBe(true);
    await phone.child.stop();
  });

  it('3: when the app is restarted, it adopts the 20 calls it finds and screens each to its end', async () => {
    lab = await Lab.up({ watchdogSeconds: 60 });
    // Pressed again for a start that takes long: whoever is connected by then is not disturbed by it.
    const press = [{ pressInfo: '1' }, { hold: 12_000 }] as const;
    const phone = await twentyInside([{ hold: 18_000 }, ...press, ...press, ...press]);
    await sleep(1000);
    lab.gatehouse.child.signal('SIGKILL');
    await lab.gatehouse.child.ended;
    await lab.gatehouse.start();
    await until('20 adopted calls', 30_000, async () => ((await liveCalls(lab)) === 20 ? true : null));
    const { calls } = await phone.finished();
    expect([...calls.values()].every((how) => how.join() === 'answered,hung-up')).toBe(true);
    const arrivals = await lab.arrivals();
    expect(arrivals.map((one) => `${one.exit} ${one.callerName}`)).toEqual(
      Array(20).fill('operators Passed: Twenty'),
    );
    const outcomes = await outcomesOf(lab, phone.callIds(20));
    expect([...outcomes.values()].map((found) => found.length)).toEqual(Array(20).fill(1));
    for (const [outcome] of outcomes.values()) {
      expect(outcome).toMatchObject({ adopted: true, bypass: null, challenge: { result: 'passed' } });
    }
  });
});
