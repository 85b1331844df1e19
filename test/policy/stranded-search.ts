import fc from 'fast-check';
import { expect } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import type { Verdict } from '../../src/call/verdict.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { calls, compileWritten, rules } from './random-rules.ts';

/**
 * Makes rule sets at random, and of those that check accepts looks at random for a caller on no block list who ends away
 * from a person, a queue and a mailbox. Fails when there is one.
 */
export function searchForStranded(ruleSets: number): { readonly accepted: number; readonly refused: number } {
  let accepted = 0;
  let refused = 0;
  fc.assert(
    fc.property(rules, fc.array(calls, { minLength: 40, maxLength: 40 }), (written, some) => {
      const { policy, problems } = compileWritten(written);
      if (problems.some(({ code }) => code === 'dead-end')) refused++;
      if (!policy) return;
      accepted++;
      for (const facts of some) {
        if (!isBlocked(facts, policy)) expect(endsAway(decide(facts, policy).verdict)).toBe(false);
      }
    }),
    { numRuns: ruleSets },
  );
  return { accepted, refused };
}

function endsAway(verdict: Verdict): boolean {
  if (verdict.kind === 'challenge') return endsAway(verdict.failed) || endsAway(verdict.silent);
  return verdict.kind === 'reject';
}

function isBlocked({ caller, now }: CallFacts, { lists, blockLists }: Policy): boolean {
  const { number } = caller;
  return number !== null && [...blockLists].some((list) => lists.get(list)?.find(number, now));
}
