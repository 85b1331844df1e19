import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallerStep } from '../../lab/caller-scenario.ts';
import { switchboard } from '../../lab/demo/morning.ts';
import { ringCaller } from '../../lab/demo/ring-caller.ts';
import { Lab } from '../../lab/lab.ts';
import { outcomeOf } from './outcomes.ts';

describe('digits of a caller', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await Lab.up();
  });
  afterAll(async () => {
    await lab?.down();
  });

  it('are heard as RFC 4733 telephone events, during the prompt', async () => {
    const phone = await lab.ring({
      from: '+12125550171',
      to: switchboard,
      steps: [{ hold: 2500 }, { press: '1' }, { hold: 1500 }],
    });
    await phone.finished();
    const outcome = await outcomeOf(lab, phone.callId());
    expect(outcome.challenge).toMatchObject({
      result: 'passed',
      attempts: [{ heard: '1', result: 'right' }],
    });
  });

  it('are heard as SIP INFO', async () => {
    const phone = await lab.ring({
      from: '+12125550172',
      to: switchboard,
      steps: [{ hold: 2500 }, { pressInfo: '1' }, { hold: 1500 }],
    });
    await phone.finished();
    const outcome = await outcomeOf(lab, phone.callId());
    expect(outcome.challenge).toMatchObject({
      result: 'passed',
      attempts: [{ heard: '1', result: 'right' }],
    });
  });

  it('that are wrong are not silence: two wrong ones fail, and the caller still reaches voicemail', async () => {
    const steps = [{ hold: 2500 }, { press: '7' }, { hold: 2500 }, { press: '8' }, { hold: 9000 }];
    const phone = await lab.ring({ from: '+12125550173', to: switchboard, steps });
    await phone.finished();
    const outcome = await outcomeOf(lab, phone.callId());
    expect(outcome.challenge?.result).toBe('failed');
    expect(outcome.challenge?.attempts.map((attempt) => attempt.result)).toEqual(['wrong', 'wrong']);
    expect(outcome.exit).toEqual({ kind: 'voicemail', box: 'general' });
  });

  it('of the two-digits challenge are random, spoken, and accepted when repeated', async () => {
    const fate = await ringCaller(lab, {
      id: 'own-number',
      who: 'our own number from outside',
      script: {
        from: '+13175550101',
        displayName: 'Reception',
        to: switchboard,
        steps: [{ pressTold: true }, { hold: 1500 }],
      },
      end: 'operators',
      phoneShows: 'Own number? Reception',
      listens: true,
    });
    const outcome = await outcomeOf(lab, fate.sipCallId);
    expect(outcome.decision?.rule).toBe('our-own-number-from-outside');
    expect(outcome.challenge?.kind).toBe('two-digits');
    expect(outcome.challenge?.result).toBe('passed');
    expect(outcome.challenge?.attempts[0]?.wanted).toMatch(/^\d\d$/);
    expect(fate.arrival?.callerName).toBe('Own number? Reception');
  });

  // All ring at once: what one waits for, the others wait for too.
  it('count once each, early and late, by whatever road they come', async () => {
    const cases: readonly [readonly CallerStep[], string, readonly [string, string][]][] = [
      [
        [
          { hold: 2500 },
          { press: '7' },
          { hold: 2500 },
          { press: '8' },
          { hold: 1500 },
          { press: '1' },
          { hold: 1500 },
        ],
        'passed',
        [
          ['7', 'wrong'],
          ['8', 'wrong'],
          ['1', 'right'],
        ],
      ],
    ];
    const rung = await Promise.all(
      cases.map(([steps], at) => lab.ring({ from: `+1212555018${at}`, to: switchboard, steps })),
    );
    for (const [at, phone] of rung.entries()) {
      await phone.finished();
      const { challenge } = await outcomeOf(lab, phone.callId());
      expect({
        at,
        result: challenge?.result,
        keys: challenge?.attempts.map(({ heard, result }) => [heard, result]),
      }).toEqual({
        at,
        result: cases[at]?.[1],
        keys: cases[at]?.[2],
      });
    }
  });

  it('of two-digits that are each pressed twice, 60 ms apart, are right', async () => {
    const fate = await ringCaller(lab, {
      id: 'own-number-doubled',
      who: 'our own number from outside, on a phone that doubles keys',
      script: {
        from: '+13175550102',
        displayName: 'Reception',
        to: switchboard,
        steps: [{ pressTold: true, times: 2 }, { hold: 1500 }],
      },
      end: 'operators',
      phoneShows: 'Own number? Reception',
      listens: true,
    });
    const { challenge } = await outcomeOf(lab, fate.sipCallId);
    expect(challenge).toMatchObject({ kind: 'two-digits', result: 'passed' });
    expect(challenge?.attempts.at(-1)?.heard).toBe(challenge?.attempts.at(-1)?.wanted);
  });
});
