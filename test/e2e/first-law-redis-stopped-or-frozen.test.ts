import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import { knownCall } from './known-call.ts';
import { outcomesOf } from './outcomes.ts';

describe('the first law, 5: Redis slow or away', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
  });
  afterAll(async () => {
    await lab?.down();
  });

  async function threeCalls(last: string): Promise<string[]> {
    const phones = await Promise.all([
      lab.ring({ from: numbers.customer, to: switchboard, steps: [{ hold: 1500 }] }),
      lab.ring({
        from: `+1212555${last}1`,
        to: switchboard,
        steps: [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1500 }],
      }),
      lab.ring({ from: `+1212555${last}2`, to: switchboard, steps: [{ hold: 1000 }] }),
    ]);
    const results = await Promise.all(phones.map((phone) => phone.finished()));
    expect(results.map(({ calls }) => [...calls.values()].flat())).toEqual(
      Array(3).fill(['answered', 'hung-up']),
    );
    return phones.map((phone) => phone.callId());
  }

  async function expectOnce(ids: readonly string[], noHistory: string): Promise<void> {
    const outcomes = await outcomesOf(lab, ids, 30_000);
    expect([...outcomes.values()].map((found) => found.length)).toEqual(Array(ids.length).fill(1));
    const [customer, passed, gaveUp] = ids.map((id) => outcomes.get(id)?.[0]);
    expect(customer).toMatchObject({
      bypass: null,
      exit: { kind: 'connect' },
      facts: { history: null, noHistoryReason: noHistory },
    });
    expect(passed).toMatchObject({
      bypass: null,
      challenge: { result: 'passed' },
      exit: { kind: 'connect' },
    });
    expect(gaveUp).toMatchObject({ exit: { kind: 'none', reason: 'caller-hung-up' } });
    // Decided without history after its deadline (150 ms), not after a request's.
    expect(customer?.timings.exitMs).toBeLessThan(1_800);
  }

  it('when Redis is frozen (SIGSTOP), calls are decided without history and counted once it thaws', async () => {
    lab.redis.child.signal('SIGSTOP');
    const ids = await threeCalls('017').finally(() => lab.redis.child.signal('SIGCONT'));
    await expectOnce(ids, 'deadline');
  });

  it('when Redis is stopped, calls are decided without history and counted once it is back', async () => {
    await lab.redis.stop();
    const ids = await threeCalls('018');
    await lab.redis.start();
    await lab.record();
    await expectOnce(ids, 'unavailable');
  });

  it('remembers a pass that was granted while Redis was away', async () => {
    const known = await knownCall(lab, async () => {
      const phone = await lab.ring({ from: '+12125550181', to: switchboard, steps: [{ hold: 1000 }] });
      await phone.finished();
      return phone.callId();
    });
    expect(known.decision?.rule).toBe('caller-with-pass');
  });
});
