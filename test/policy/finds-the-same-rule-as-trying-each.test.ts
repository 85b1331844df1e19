import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { decide, noRule } from '../../src/policy/decide.ts';
import { isOver } from '../../src/policy/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { RuleIndex } from '../../src/policy/rule-index.ts';
import { compileRules, policyOf } from './policy-fixture.ts';
import { calls, compileWritten, rules, writtenRule } from './random-rules.ts';

/** The definition: rule by rule, in order. */
function tryEach(facts: CallFacts, policy: Policy) {
  const monitored: string[] = [];
  for (const rule of policy.rules) {
    const answer = rule.test?.(facts) ?? null;
    if (isOver(rule, facts.now) || (answer !== null && answer.holds !== 'yes')) continue;
    if (rule.mode === 'enforce')
      return { rule: rule.id, monitored, because: answer?.because ?? 'every call' };
    monitored.push(rule.id);
  }
  return { rule: noRule, monitored, because: '' };
}

function same(facts: CallFacts, policy: Policy): void {
  const decision = decide(facts, policy);
  const wanted = tryEach(facts, policy);
  expect(decision.rule).toBe(wanted.rule);
  expect(decision.monitored.map(({ rule }) => rule)).toEqual(wanted.monitored);
  expect(decision.trace.at(-1)?.because).toBe(wanted.because);
  expect(decision.trace.filter(({ matched }) => matched).map(({ rule }) => rule)).toEqual([
    ...wanted.monitored,
    wanted.rule,
  ]);
}

it('the index leaves out no rule that matches, and the order stays', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(rules, fc.array(calls, { minLength: 20, maxLength: 20 }), (written, some) => {
      // Without rejections, which the proof would refuse.
      const connecting = written.map(({ id, when, mode }) =>
        writtenRule(String(id), 'connect', {
          ...(when !== undefined && { when }),
          ...(mode !== undefined && { mode }),
        }),
      );
      const { policy } = compileWritten(connecting);
      if (policy) for (const facts of some) same(facts, policy);
    }),
    { numRuns: 80 },
  );
});

it('a thousand rules on numbers, prefixes, ranges, trunks and shared questions', { timeout: 60_000 }, () => {
  const written = Array.from({ length: 1000 }, (_, i) => {
    const asks = [
      `caller: { number: "+1317555${String(1000 + i)}" }`,
      `caller: { number: ["+1463${i}*", "+1212555${String(i).padStart(4, '0')}"] }`,
      `called: { number: "+1317555${String(i).padStart(4, '0')}" }, verification: failed`,
      `trunk: t${i}`,
      `caller: { number: "+1317556${String(i).padStart(4, '0')}..+1317556${String(i + 2).padStart(4, '0')}" }`,
      `verification: failed, history: { calls: { over: ${1000 - i}, within: 1h } }`,
    ];
    const mode = i % 7 === 0 ? ', mode: monitor' : '';
    return `  - { id: r${i}, when: { ${asks[i % asks.length]} }, then: voicemail${mode} }`;
  });
  const policy = policyOf(compileRules(written.join('\n')));
  expect(policy.index).toBeInstanceOf(RuleIndex);
  const number = fc.oneof(
    fc.integer({ min: 0, max: 1100 }).map((i) => `+1317555${String(i).padStart(4, '0')}`),
    fc.integer({ min: 0, max: 1100 }).map((i) => `+1317556${String(i).padStart(4, '0')}`),
    fc.integer({ min: 0, max: 999 }).map((i) => `+1463${i}5550`),
    fc.constantFrom('+1', '+', 'x', '+0013175550100', '+1317555010012345678', '+1317\u0661', ''),
  );
  fc.assert(
    fc.property(calls, number, number, fc.integer({ min: 0, max: 1000 }), (facts, from, to, trunk) => {
      const caller = { ...facts.caller, number: from, reason: null };
      same({ ...facts, caller, called: { number: to, raw: '' }, trunk: `t${trunk}` }, policy);
    }),
    { numRuns: 120 },
  );
});
