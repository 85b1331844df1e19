import type { ComparedRule } from './compared-rules.ts';
import { treatAlike } from './compared-rules.ts';

/** Places of two rules, one of each policy. */
export interface RulePair {
  readonly old: number;
  readonly now: number;
}

/**
 * Pairs of rules between which a call may move and fare otherwise. Left out is what needs no search: rules that treat alike,
 * and a pair of which one would have been decided by the twin of the other, which stands above it.
 */
export function candidatePairs(old: readonly ComparedRule[], now: readonly ComparedRule[]): RulePair[] {
  const twinsOfOld = twins(old, now);
  const twinsOfNow = twins(now, old);
  const pairs: RulePair[] = [];
  for (const [i, was] of old.entries()) {
    const last = twinsOfOld[i] ?? now.length - 1;
    for (let j = 0; j <= last; j++) {
      const twin = twinsOfNow[j];
      if (twin !== undefined && twin < i) continue;
      if (!treatAlike(was, now[j] as ComparedRule)) pairs.push({ old: i, now: j });
    }
  }
  return pairs;
}

/** By rule, the first one of the other policy that matches the same calls; undefined: none is known. */
function twins(rules: readonly ComparedRule[], others: readonly ComparedRule[]): (number | undefined)[] {
  const first = new Map<string, number>();
  for (const [at, { key }] of others.entries()) if (!first.has(key)) first.set(key, at);
  return rules.map(({ key }) => first.get(key));
}
