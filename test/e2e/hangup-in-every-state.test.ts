import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerScript } from '../../lab/caller-scenario.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { outcomesOf } from './outcomes.ts';

/** Seconds of the shipped English prompts: press-1 about 5, then 6 s of silence are allowed. */
const states: Record<string, { script: CallerScript; result: string | null }> = {
  'before anything is answered': {
    script: { from: numbers.customer, to: switchboard, steps: [], cancelAfterMs: 120 },
    result: null,
  },
  'in the prompt': {
    script: { from: '+12125550140', to: switchboard, steps: [{ hold: 1500 }] },
    result: 'gave-up',
  },
  'after a first digit of two': {
    script: { from: '999', to: switchboard, steps: [{ hold: 9000 }, { press: '3' }] },
    result: 'gave-up',
  },
  'in the silence after the prompt': {
    script: { from: '+12125550142', to: switchboard, steps: [{ hold: 8500 }] },
    result: 'gave-up',
  },
  'in the second prompt': {
    script: {
      from: '+12125550143',
      to: switchboard,
      steps: [{ hold: 2500 }, { press: '5' }, { hold: 1500 }],
    },
    result: 'gave-up',
  },
  'in the words before voicemail': {
    script: {
      from: '+12125550144',
      to: switchboard,
      steps: [{ hold: 2500 }, { press: '5' }, { hold: 2000 }, { press: '6' }, { hold: 1200 }],
    },
    result: 'failed',
  },
  'in the words before a rejection': {
    script: { from: numbers.blocked, to: switchboard, steps: [{ hold: 2500 }] },
    result: null,
  },
};

describe('a caller who hangs up', () => {
  let lab: Lab;
  const outcomes = new Map<string, Outcome[]>();

  beforeAll(async () => {
    lab = await Lab.up();
    const phones = await Promise.all(
      Object.entries(states).map(async ([state, { script }]) => {
        // The operator rings for 200 ms and Redis answers in one: only a frozen Redis makes the first state last.
        const phone = await lab.ring(script);
        await phone.finished();
        return [state, phone.callId()] as const;
      }),
    );
    const found = await outcomesOf(
      lab,
      phones.map(([, callId]) => callId),
    );
    for (const [state, callId] of phones) outcomes.set(state, found.get(callId) ?? []);
  }, 60_000);

  afterAll(async () => {
    await lab?.down();
  });

  for (const [state, { result }] of Object.entries(states)) {
    it(`${state} has exactly one outcome`, () => {
      const found = outcomes.get(state) ?? [];
      expect(found).toHaveLength(1);
      expect(found[0]?.challenge?.result ?? null).toBe(result);
      if (state !== 'before anything is answered') {
        expect(found[0]?.exit).toEqual({ kind: 'none', reason: 'caller-hung-up' });
      }
    });
  }

  it('while it is being decided has exactly one outcome', async () => {
    lab.redis.child.signal('SIGSTOP');
    try {
      const phone = await lab.ring({ from: '+12125550145', to: switchboard, steps: [], cancelAfterMs: 60 });
      await phone.finished();
      lab.redis.child.signal('SIGCONT');
      const found = await outcomesOf(lab, [phone.callId()]);
      expect(found.get(phone.callId())).toHaveLength(1);
      expect(found.get(phone.callId())?.[0]?.exit).toEqual({ kind: 'none', reason: 'caller-hung-up' });
    } finally {
      lab.redis.child.signal('SIGCONT');
    }
  });

  it('leaves no call inside', async () => {
    const health = (await (await fetch(`${lab.gatehouse.url}/healthz`)).json()) as { liveCalls: number };
    expect(health.liveCalls).toBe(0);
  });
});
