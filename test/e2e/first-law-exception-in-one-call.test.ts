import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomesOf } from './outcomes.ts';

describe('the first law, 7: an unexpected exception in one call', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up({ gatehouseEntry: join(import.meta.dirname, 'serve-that-throws.ts') });
  });
  afterAll(async () => {
    await lab?.down();
  });

  it('sends that call to the operators, and the process screens the others', async () => {
    const { pid } = lab.gatehouse.child;
    const steps = [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1500 }];
    const before = await lab.ring({ from: '+12125550165', displayName: 'One', to: switchboard, steps });
    const bad = await lab.ring({
      from: '+12125550166',
      displayName: 'Two',
      to: switchboard,
      steps: [{ hold: 2000 }],
    });
    const after = await lab.ring({ from: '+12125550167', displayName: 'Three', to: switchboard, steps });
    await Promise.all([before, bad, after].map((phone) => phone.finished()));
    const outcomes = await outcomesOf(lab, [before.callId(), bad.callId(), after.callId()]);
    expect([...outcomes.values()].map((found) => found.length)).toEqual([1, 1, 1]);
    const one = (id: string) => outcomes.get(id)?.[0];
    expect(one(bad.callId())).toMatchObject({
      bypass: { reason: 'exception' },
      exit: { kind: 'connect', exit: 'operators' },
    });
    expect(one(before.callId())).toMatchObject({ bypass: null, challenge: { result: 'passed' } });
    expect(one(after.callId())).toMatchObject({ bypass: null, challenge: { result: 'passed' } });
    const names = new Map((await lab.arrivals()).map((arrival) => [arrival.callId, arrival.callerName]));
    expect(names.get(bad.callId())).toBe('Not screened: Two');
    expect(lab.gatehouse.child.running).toBe(true);
    expect(lab.gatehouse.child.pid).toBe(pid);
  });
});
