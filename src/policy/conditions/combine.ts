import type { Answer, Test } from './condition.ts';

/**
 * Three-valued `all` and `any` (Kleene): a missing fact decides nothing, unless the others have decided already.
 * The words are those of the test that settled it, or of all of them.
 */
export function combine(kind: 'all' | 'any', tests: readonly Test[]): Test {
  const [only] = tests;
  if (only && tests.length === 1) return only;
  const settles = kind === 'all' ? 'no' : 'yes';
  return (facts) => {
    let because = '';
    let listed: Answer['listed'] = null;
    let unknown: Answer | null = null;
    for (const test of tests) {
      const one = test(facts);
      if (one.holds === settles) return one;
      if (one.holds === 'unknown') unknown ??= one;
      listed ??= one.listed;
      because = because === '' ? one.because : `${because}; ${one.because}`;
    }
    return unknown ?? { holds: kind === 'all' ? 'yes' : 'no', because, listed };
  };
}

/** Turns yes and no round; what is not known stays so. A list that did not match gives no name. */
export function negate(test: Test): Test {
  const turned = { yes: 'no', no: 'yes', unknown: 'unknown' } as const;
  return (facts) => {
    const { holds, because } = test(facts);
    return { holds: turned[holds], because: `not (${because})`, listed: null };
  };
}
