import { describe, expect, it } from 'vitest';
import { callerKinds, sharesOf, unknownNumbers } from '../../lab/chaos/caller-kinds.ts';
import { faultKinds, faultShapes, planFaults } from '../../lab/chaos/schedule.ts';

const twoMinutes = 120_000;

describe('the faults of a chaos run', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(planFaults(7, twoMinutes)).toEqual(planFaults(7, twoMinutes));
    expect(planFaults(7, twoMinutes)).not.toEqual(planFaults(8, twoMinutes));
  });

  it('come all in two minutes, two of them at once somewhere, and never two of one target', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const plan = planFaults(seed, twoMinutes);
      expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
      const pairs = plan.flatMap((one, index) =>
        plan
          .slice(index + 1)
          .filter((other) => other.atMs < one.atMs + one.forMs)
          .map((other) => [one, other] as const),
      );
      expect(pairs.length).toBeGreaterThan(3);
      for (const [one, other] of pairs)
        expect(faultShapes[one.kind].target).not.toBe(faultShapes[other.kind].target);
    }
  });
});

describe('the callers of a chaos run', () => {
  it.each([120, 600])('are %i in all, and of every kind', (calls) => {
    const shares = sharesOf(calls);
    expect([...shares.values()].reduce((sum, count) => sum + count, 0)).toBe(calls);
    expect(shares.size).toBe(callerKinds.length);
    expect(Math.min(...shares.values())).toBeGreaterThan(0);
  });

  it('who are unknown have fictitious numbers, each another', () => {
    const next = unknownNumbers();
    const numbers = Array.from({ length: 600 }, next);
    expect(new Set(numbers).size).toBe(600);
    for (const number of numbers) expect(number).toMatch(/^\+1\d{3}55501\d\d$/);
  });
});
