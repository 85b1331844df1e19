import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallFacts } from '../../../src/call/facts.ts';
import { decide } from '../../../src/policy/decide.ts';
import { comparedPolicy } from '../../../src/policy/diff/compared-policy.ts';
import { fateOf, sameFate } from '../../../src/policy/diff/fate.ts';
import { calls, compileWritten, rules, type Written } from '../random-rules.ts';
import { differences } from './compared.ts';

/** What an edit does to a rule set: two rules change places, one goes, one comes, one asks or does what another does. */
const edits = fc.record({
  what: fc.constantFrom('swap', 'drop', 'insert', 'when', 'then', 'mode', 'not'),
  at: fc.nat(6),
  to: fc.nat(6),
  from: rules,
});

function edited(
  written: readonly Written[],
  { what, at, to, from }: typeof edits extends fc.Arbitrary<infer T> ? T : never,
) {
  const last = written.length - 1;
  const [i, j] = [at % Math.max(1, last), to % Math.max(1, last)];
  const others = from.slice(0, -1);
  const other = others[to % others.length];
  const changed = [...written];
  const [one, two] = [changed[i], changed[j]];
  if (last === 0 || one === undefined || two === undefined || other === undefined) return written;
  if (what === 'swap') [changed[i], changed[j]] = [two, one];
  if (what === 'drop') changed.splice(i, 1);
  if (what === 'insert') changed.splice(i, 0, { ...other, id: 'new' });
  if (what === 'when' || what === 'then') changed[i] = { ...one, [what]: other[what] };
  if (what === 'mode') changed[i] = { ...one, mode: one.mode === 'monitor' ? 'enforce' : 'monitor' };
  if (what === 'not') changed[i] = { ...one, when: { not: one.when } };
  return changed;
}

/** Nothing is remembered of callers without a number. */
function possible(facts: CallFacts): CallFacts {
  const { history, caller } = facts;
  if (history === null || caller.number !== null) return facts;
  return { ...facts, history: { ...history, calls: null, calledNumbers: null, flags: null, optedOut: null } };
}

it('random edits of random rules: every call that fares otherwise is of a kind that was found', {
  timeout: 120_000,
}, () => {
  const seen = { compared: 0, same: 0, changes: 0, unproven: 0, calls: 0 };
  fc.assert(
    fc.property(rules, edits, fc.array(calls, { minLength: 100, maxLength: 100 }), (written, edit, some) => {
      const policies = [written, edited(written, edit)].map((one) =>
        comparedPolicy(compileWritten(one), null),
      );
      const [before, after] = policies;
      if (!before || !after) return;
      const diff = differences(before, after);
      seen.compared++;
      seen.unproven += diff.unproven.length;
      seen.changes += diff.fates.length;
      if (diff.fates.length === 0) seen.same++;
      const found = new Set(
        [...diff.fates, ...diff.unproven].map((one) => `${one.before.rule} ${one.after.rule}`),
      );
      for (const facts of some.map(possible)) {
        const [was, is] = [decide(facts, before.policy), decide(facts, after.policy)];
        const isSame = sameFate(
          fateOf(was.verdict, facts, before.policy),
          fateOf(is.verdict, facts, after.policy),
        );
        if (isSame) continue;
        seen.calls++;
        expect(found).toContain(`${was.rule} ${is.rule}`);
      }
    }),
    { numRuns: 250 },
  );
  expect(seen.calls).toBeGreaterThan(200);
});
