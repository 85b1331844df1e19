import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
