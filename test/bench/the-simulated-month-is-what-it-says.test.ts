import { describe, expect, it } from 'vitest';
import { Dice } from '../../bench/month/dice.ts';
import { carryOut } from '../../bench/month/line.ts';
import { adult, playsMessage } from '../../bench/month/manners.ts';
import { planMonth } from '../../bench/month/plan.ts';
import { Timeline } from '../../bench/month/timeline.ts';
import { groupIds, groups, type Manner } from '../../bench/month/truth.ts';
import type { ChallengeVerdict } from '../../src/call/verdict.ts';

const someDay = Date.UTC(2026, 10, 27, 5);
const connect = { kind: 'connect', exit: 'operators', label: null } as const;
const press1: ChallengeVerdict = {
  ...{ kind: 'challenge', challenge: 'press-1', language: 'en', attempts: 2, digitTimeoutMs: 6_000 },
  ...{
    passed: connect,
    failed: { kind: 'voicemail', box: 'general' },
    silent: { kind: 'voicemail', box: 'general' },
  },
  ...{ passForMs: 1, earlyMedia: false },
};

describe('the simulated month', () => {
  const plan = planMonth(1, someDay);

  it('is the same for the same seed, and another for another', () => {
    expect(JSON.stringify(planMonth(1, someDay).calls) === JSON.stringify(plan.calls)).toBe(true);
    expect(planMonth(2, someDay).calls[0]).not.toEqual(plan.calls[0]);
  });

  it('has calls of every group, in the order of time, as many as a hospital has', () => {
    for (const id of groupIds)
      expect(plan.calls.filter(({ group }) => group === id).length, id).toBeGreaterThan(50);
    expect(plan.calls.length).toBeGreaterThan(50_000);
    expect(plan.calls.length).toBeLessThan(100_000);
    expect(plan.calls.map(({ at }) => at)).toEqual(plan.calls.map(({ at }) => at).toSorted((a, b) => a - b));
  });

  it('has 1,400 calls of one exchange within forty minutes', () => {
    const attack = plan.calls.filter(({ group }) => group === 'attack-day');
    expect(attack).toHaveLength(1_400);
    expect(new Set(attack.map(({ caller }) => caller.number?.slice(0, 8)))).toEqual(new Set(['+1202730']));
    expect((attack.at(-1)?.at ?? 0) - (attack[0]?.at ?? 0)).toBeLessThan(41 * 60_000);
  });

  it('puts no unwanted caller on a list', () => {
    const unwanted = new Set(
      plan.calls.flatMap(({ group, caller }) =>
        groups[group].nature === 'genuine' ? [] : (caller.number ?? []),
      ),
    );
    const listed = Object.values(plan.lists).flat();
    expect(listed.filter(({ number }) => unwanted.has(number)).length).toBeLessThan(3);
  });
});

describe('somebody at the other end of a challenge', () => {
  const ends = (manner: Manner, verdict: ChallengeVerdict) =>
    Array.from({ length: 400 }, (_, at) => carryOut(verdict, manner, new Dice(`call ${at}`), () => 6_000));

  it('passes when a person, who may hang up or fail', () => {
    const results = ends(adult, press1).map(({ challenge }) => challenge?.result);
    const passed = results.filter((result) => result === 'passed').length;
    expect(passed).toBeGreaterThan(360);
    expect(passed).toBeLessThan(400);
    expect(new Set(results)).toEqual(new Set(['passed', 'gave-up', 'silent', 'failed']));
  });

  it('is silent to the end when a robot that plays its message', () => {
    for (const { challenge, end, exitMs } of ends(playsMessage, press1)) {
      expect(challenge?.attempts.map(({ result }) => result)).toEqual(['silent', 'silent']);
      expect(end).toEqual({ exit: { kind: 'voicemail', box: 'general' } });
      expect(exitMs).toBeGreaterThan(24_000);
    }
  });

  it('passes press 1 and fails two digits when a robot that presses 1 blindly', () => {
    const presses: Manner = { kind: 'presses', key: '1', afterMs: 8_000 };
    expect(ends(presses, press1).every(({ challenge }) => challenge?.result === 'passed')).toBe(true);
    const twoDigits = ends(presses, { ...press1, challenge: 'two-digits' });
    expect(twoDigits.every(({ challenge }) => challenge?.result === 'failed')).toBe(true);
  });

  it('hangs up at about the same second when a dialer that waits for a voice', () => {
    const hangsUp: Manner = { kind: 'hangs-up', afterMs: 3_000, spreadMs: 300 };
    for (const { end, exitMs } of ends(hangsUp, press1)) {
      expect(end).toBe('caller-hung-up');
      expect(exitMs).toBeGreaterThan(1_500);
      expect(exitMs).toBeLessThan(4_700);
    }
  });
});

describe('the timeline', () => {
  it('gives everything by its time, and at one time in the order in which it was added', () => {
    const timeline = new Timeline<number>();
    const dice = new Dice('timeline');
    const ats = Array.from({ length: 2_000 }, () => dice.below(300));
    for (const [what, at] of ats.entries()) timeline.add(at, what);
    const found = Array.from({ length: 2_000 }, () => timeline.next());
    const wanted = ats.map((at, what) => ({ at, what })).toSorted((a, b) => a.at - b.at || a.what - b.what);
    expect(found.map((one) => one && { at: one.at, what: one.what })).toEqual(wanted);
    expect(timeline.next()).toBeNull();
  });
});
