import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/policy/decide.ts';
import { fateOf, sameFate } from '../../../src/policy/diff/fate.ts';
import { compared, differences, pairsOf } from './compared.ts';
import { pairs } from './pairs.ts';
import { RandomCalls } from './random-calls.ts';

const randomCalls = 5000;

it('there are more than twelve pairs', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(12);
});

describe.each(pairs)('$name', (pair) => {
  const [before, after] = [compared(pair.before), compared(pair.after)];
  const diff = differences(before, after);
  const isToday = ({ example }: (typeof diff.fates)[number]) => example.supposes.length === 0;

  it('finds what was planted, and nothing else', () => {
    expect({
      fates: pairsOf({ ...diff, fates: diff.fates.filter(isToday) }).sort(),
      supposed: pairsOf({ ...diff, fates: diff.fates.filter((one) => !isToday(one)) }).sort(),
      lists: diff.lists.map(({ list }) => list),
      monitor: diff.monitor.map(({ rule, change }) => `${rule} ${change}`),
      heard: diff.heard.map(({ name }) => name),
      unproven: diff.unproven,
    }).toEqual({
      fates: pair.fates.toSorted(),
      supposed: pair.supposed.toSorted(),
      lists: pair.lists,
      monitor: pair.monitor,
      heard: pair.heard,
      unproven: [],
    });
  });

  it('each example is decided so by both policies', () => {
    for (const { before: was, after: is, example } of diff.fates.filter(isToday)) {
      expect(decide(example.facts, before.policy).rule).toBe(was.rule);
      expect(decide(example.facts, after.policy).rule).toBe(is.rule);
    }
  });

  it(`no call of ${randomCalls} by lot fares otherwise that is of none of these kinds`, () => {
    const calls = new RandomCalls(
      [before.policy, after.policy],
      Number(process.env.GATEHOUSE_TEST_SEED ?? 1),
    );
    const found = new Set(pairsOf(diff));
    const met = new Set<string>();
    for (let i = 0; i < randomCalls; i++) {
      const facts = calls.next();
      const [was, is] = [decide(facts, before.policy), decide(facts, after.policy)];
      const fates = [
        fateOf(was.verdict, facts, before.policy),
        fateOf(is.verdict, facts, after.policy),
      ] as const;
      // Of another name on a list the lists tell.
      const isRenamed = was.rule === is.rule && diff.lists.some(({ changed }) => changed > 0);
      if (!sameFate(...fates) && !isRenamed) met.add(`${was.rule} → ${is.rule}`);
    }
    expect([...met].filter((one) => !found.has(one))).toEqual([]);
    // By lot most kinds are met, or the search would show little.
    if (pair.fates.length > 0) expect(met.size).toBeGreaterThan(0);
  });
});
