import { expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { requiredPrompts } from '../../src/policy/compile/compile-prompts.ts';
import { decide } from '../../src/policy/decide.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { callFrom, noon, noVerification, passed } from './policy-fixture.ts';

const { policy, problems } = await loadRules('rules');
const failed = { ...noVerification, result: 'failed' } as const;
const pass = { passUntil: noon + 1000 };

it('the shipped rules have no problem', () => {
  expect(problems).toEqual([]);
});

it.each<[string, CallFacts, string, object]>([
  [
    'dispatch calls back',
    callFrom('3175550190'),
    'emergency-call-backs',
    { label: 'Emergency County dispatch' },
  ],
  [
    'dispatch, though the number fails verification',
    callFrom('3175550190', { verification: failed }),
    'emergency-call-backs',
    { kind: 'connect' },
  ],
  [
    'a blocked caller',
    callFrom('3175550180'),
    'blocked',
    { kind: 'reject', sip: 607, announcement: 'redress' },
  ],
  ['a blocked caller with a pass', callFrom('3175550180', { history: pass }), 'blocked', { kind: 'reject' }],
  [
    'our own number from outside',
    callFrom('3175550104', { history: pass }),
    'our-own-number-from-outside',
    { challenge: 'two-digits', passForMs: 0 },
  ],
  [
    'our own number, signed A',
    callFrom('3175550104', { verification: passed('A') }),
    'everyone-else',
    { challenge: 'press-1' },
  ],
  ['a surgeon', callFrom('(317) 555-0120'), 'staff', { kind: 'connect', label: 'Staff Avery Lane' }],
  [
    'somebody who forges the surgeon',
    callFrom('3175550120', { verification: failed }),
    'everyone-else',
    { kind: 'challenge' },
  ],
  ['a supplier', callFrom('3175550140'), 'customers', { label: 'Customer Acme Medical Supply' }],
  [
    'a caller who passed',
    callFrom('3175550199', { history: pass }),
    'caller-with-pass',
    { label: 'Passed before: Jo Caller' },
  ],
  [
    'the same while the history cannot be read',
    callFrom('3175550199', { history: null, noHistoryReason: 'unavailable' }),
    'everyone-else',
    { challenge: 'press-1' },
  ],
  ['a withheld number', callFrom('anonymous'), 'withheld', { challenge: 'press-1' }],
  ['no number', callFrom(''), 'withheld', { challenge: 'press-1' }],
  ['a malformed number', callFrom('12'), 'malformed', { challenge: 'two-digits' }],
  ['a number of no range', callFrom('9995550123'), 'malformed', { challenge: 'two-digits' }],
  [
    'anybody else',
    callFrom('3175550199'),
    'everyone-else',
    { challenge: 'press-1', passed: { kind: 'connect', exit: 'operators', label: 'Passed: Jo Caller' } },
  ],
])('%s', (_who, facts, rule, verdict) => {
  if (!policy) throw new Error('refused');
  const decision = decide(facts, policy);
  expect(decision.rule).toBe(rule);
  expect(decision.verdict).toMatchObject(verdict);
});

it('every prompt of the call flow has words of its own in English and Spanish', () => {
  const prompts = policy?.prompts;
  expect(prompts?.languages).toEqual(['en', 'es']);
  for (const id of requiredPrompts) {
    expect(prompts?.text(id, 'en')).toBeTruthy();
    expect(prompts?.text(id, 'es')).not.toBe(prompts?.text(id, 'en'));
  }
  expect(prompts?.text('redress', 'fr')).toBe(prompts?.text('redress', 'en'));
  expect(prompts?.text('no-such-prompt', 'en')).toBeNull();
});
