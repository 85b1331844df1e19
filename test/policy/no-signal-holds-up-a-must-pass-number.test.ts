import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import { calls, compileWritten, rules, writtenRule } from './random-rules.ts';

const staff = '+13175550142';

/** Rules at random, and among them one that connects staff. */
const withStaff = fc.tuple(rules, fc.nat(2)).map(([written, at]) => {
  const connects = writtenRule('staff', 'connect', { when: { caller: { in: 'staff' } } });
  return written.toSpliced(Math.min(at, written.length - 1), 0, connects);
});

it('whatever a call shows and whatever is known: of rules that check accepts, a must-pass number is connected', {
  timeout: 60_000,
}, () => {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(withStaff, fc.array(calls, { minLength: 30, maxLength: 30 }), (written, some) => {
      const { policy, problems } = compileWritten(written, '  must-pass: [staff]\n');
      if (problems.some(({ code }) => code === 'must-pass')) refused++;
      if (!policy) return;
      accepted++;
      for (const facts of some) {
        const call: CallFacts = {
          ...facts,
          caller: { ...facts.caller, number: staff, reason: null, raw: staff },
        };
        expect(decide(call, policy).verdict.kind).toBe('connect');
      }
    }),
    { numRuns: 120 },
  );
  // Both happen, or nothing was shown.
  expect(accepted).toBeGreaterThan(10);
  expect(refused).toBeGreaterThan(10);
});
