import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/policy/problem.ts';
import { compileRules } from './policy-fixture.ts';
import { calls, compileWritten, rules, writtenRule } from './random-rules.ts';
import { searchForStranded } from './stranded-search.ts';

describe('what check accepts strands nobody', { timeout: 60_000 }, () => {
  it('no search finds a caller on no block list who ends away from a person, a queue and a mailbox', () => {
    const { accepted, refused } = searchForStranded(120);
    // Both happen, or nothing was shown.
    expect(accepted).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(10);
  });

  it('a rule that it calls unreachable never decides a call', () => {
    let claimed = 0;
    fc.assert(
      fc.property(rules, fc.array(calls, { minLength: 40, maxLength: 40 }), (written, some) => {
        const { problems } = compileWritten(written);
        const bad = problems.filter(({ code }) => ['unreachable-rule', 'contradiction'].includes(code));
        if (bad.length === 0) return;
        // The same rules, without what stands against them: rejections and the claims themselves.
        const ids = new Set(bad.map(({ message }) => /"([^"]+)"/.exec(message)?.[1]));
        claimed++;
        const { rules: compiled } = uncheckedRules(written);
        for (const facts of some) {
          const first = compiled.find((rule) => rule.mode === 'enforce' && rule.holds(facts) === 'yes');
          expect(ids).not.toContain(first?.id);
        }
      }),
      { numRuns: 300 },
    );
    expect(claimed).toBeGreaterThan(10);
  });
});

/** Rules are compiled one by one, each before the last for everyone: so nothing is said of their order. */
function uncheckedRules(written: readonly { readonly [key: string]: unknown }[]) {
  const rules = written.flatMap((rule) => {
    const alone = writtenRule(String(rule.id), 'voicemail', { when: rule.when, mode: rule.mode });
    const last = writtenRule('last', 'voicemail');
    if (rule.when === undefined) return [];
    const { policy } = compileWritten([alone, last]);
    return policy?.rules.slice(0, 1) ?? [];
  });
  return { rules };
}

describe('a rejection needs a block list, whatever the rule looks like', () => {
  const lists = { 'blocked.txt': '+13175550180\n', 'customers.txt': '+13175550140\n' };
  const problemsOf = (rules: string) =>
    compileRules(rules, lists).problems.map((problem) => formatProblem(problem));

  it.each<[string, string, string]>([
    [
      'callers from abroad, with a reason',
      `  - id: abroad
    when: { not: { caller: { country: US } } }
    then: { reject: { reason: nobody calls us from abroad } }`,
      'policy.yaml:13:21: error: the rule "abroad" turns away callers who are on no block list: a call from +442079460123',
    ],
    [
      'a list that is none of blocked callers',
      `  - id: customers
    when: { caller: { in: customers } }
    then: { reject: { sip: 603 } }`,
      'a call from +13175550140',
    ],
    [
      'blocked callers or failed verification',
      `  - id: bad
    when: { any: [{ caller: { in: blocked } }, { verification: failed }] }
    then: { reject: { reason: forged } }`,
      'verification failed',
    ],
    [
      'everybody but the blocked',
      `  - id: bad
    when: { not: { caller: { in: blocked } } }
    then: { reject: { reason: turned round by mistake } }`,
      'the rule "bad" turns away',
    ],
    [
      'a challenge that ends in a rejection when it is failed',
      `  - id: robots
    when: { history: { failed-challenges: { over: 3, within: 1h } } }
    then: { challenge: { kind: two-digits, failed: { reject: { reason: fails again and again } } } }`,
      'failedChallenges over 3 within 1h',
    ],
    [
      'a number that the board is flooded by',
      `  - id: flood
    when: { surge: { board: { over: 500, within: 10m } }, trunk: carrier-b }
    then: { reject: { reason: the board is flooded } }`,
      'on trunk carrier-b',
    ],
  ])('%s', (_what, written, says) => {
    expect(problemsOf(written).join('\n')).toContain(says);
  });

  it.each<[string, string]>([
    [
      'a block list',
      `  - id: blocked
    when: { caller: { in: blocked }, verification: { not: failed } }
    then: { reject: { sip: 607 } }`,
    ],
    [
      'a rule that only callers on a block list can come to',
      `  - id: not-blocked
    when: { not: { caller: { in: blocked } } }
    then: voicemail
  - id: blocked
    when: { trunk: carrier }
    then: { reject: { reason: only blocked callers are left here } }`,
    ],
    [
      'both lists at once',
      `  - id: both
    when: { caller: { in: [blocked] }, any: [{ caller: { in: customers } }, { trunk: x }] }
    then: { challenge: { kind: press-1, failed: { reject: {} } } }`,
    ],
  ])('accepted: %s', (_what, written) => {
    expect(problemsOf(written).filter((problem) => problem.includes('error'))).toEqual([]);
  });

  it('a rule on trial is warned of', () => {
    const problems = problemsOf(`  - id: trial
    when: { trunk: carrier }
    then: { reject: { reason: a trial } }
    mode: monitor`);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('warning: the rule "trial" would turn away callers');
  });

  it('challenges of the settings are looked at too', () => {
    const { problems } = compileWritten(
      [writtenRule('a', { challenge: 'press-1' }, { when: { trunk: 'x' } }), writtenRule('z', 'voicemail')],
      '  challenge: { failed: { reject: { reason: none } } }\n',
    );
    expect(problems.map(({ code, line }) => `${code}:${line}`)).toContain('dead-end:6');
  });
});
