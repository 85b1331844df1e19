import { expect, it } from 'vitest';
import { decide, noRule } from '../../src/policy/decide.ts';
import type { RuleIndex } from '../../src/policy/rule-index.ts';
import { callFrom, compileRules, passed, policyAsking, policyOf } from './policy-fixture.ts';

const staff = { 'staff.csv': 'number,name\n+1 317 555 0120,Avery Lane\n+1 317 555 0121,\n' };

it('the first enforced rule that matches wins, and the trace ends there', () => {
  const policy = policyOf(
    compileRules(
      `  - id: signed
    when: { verification: passed-A }
    then: voicemail
  - id: staff
    when: { caller: { in: staff }, verification: { not: failed } }
    then: { connect: { label: "Staff {name}" } }
  - id: never-reached
    when: { trunk: carrier }
    then: voicemail`,
      staff,
    ),
  );
  const decision = decide(callFrom('3175550120'), policy);
  expect(JSON.parse(JSON.stringify(decision))).toEqual({
    verdict: { kind: 'connect', exit: 'operators', label: 'Staff Avery Lane' },
    known: true,
    rule: 'staff',
    reason: 'caller in staff: yes; verification not failed (it is none): yes',
    policyVersion: policy.version,
    trace: [
      { rule: 'signed', mode: 'enforce', matched: false, because: 'verification passed-A (it is none): no' },
      {
        rule: 'staff',
        mode: 'enforce',
        matched: true,
        because: 'caller in staff: yes; verification not failed (it is none): yes',
      },
    ],
    monitored: [],
    listedName: 'Avery Lane',
  });
  expect(decide(callFrom('3175550120', { verification: passed('A') }), policy).rule).toBe('signed');
  expect(decide(callFrom('3175550121'), policy)).toMatchObject({
    verdict: { label: 'Staff staff' },
    listedName: null,
  });
});

it('a monitor rule is noted with what it would have done, and not carried out', () => {
  const policy = policyOf(
    compileRules(`  - id: on-trial
    when: { trunk: carrier }
    then: { reject: { reason: a trial } }
    mode: monitor`),
  );
  const decision = decide(callFrom('3175550199'), policy);
  expect(decision.rule).toBe('everyone-else');
  expect(decision.trace[0]).toMatchObject({ rule: 'on-trial', mode: 'monitor', matched: true });
  expect(decision.monitored).toEqual([
    { rule: 'on-trial', verdict: { kind: 'reject', sip: 607, announcement: 'redress', language: 'en' } },
  ]);
});

it('a challenge has the defaults of the settings, and the language of the called number', () => {
  const policy = policyAsking('{ trunk: elsewhere }');
  const called = { number: '+13175550105', raw: '3175550105' };
  expect(decide(callFrom('3175550199', { called }), policy).verdict).toEqual({
    kind: 'challenge',
    challenge: 'press-1',
    attempts: 2,
    digitTimeoutMs: 6000,
    language: 'es',
    passed: { kind: 'connect', exit: 'operators', label: null },
    failed: { kind: 'voicemail', box: 'general' },
    silent: { kind: 'voicemail', box: 'general' },
    passForMs: 30 * 86_400_000,
    earlyMedia: false,
  });
  expect(decide(callFrom('3175550199'), policy).verdict).toMatchObject({ language: 'en' });
});

it('a challenge says everything of its own where the rule says so', () => {
  const policy = policyOf(
    compileRules(
      `  - id: asked
    when: { caller: { in: blocked } }
    then:
      challenge:
        kind: two-digits
        attempts: 3
        timeout: 4s
        language: es
        early-media: true
        pass-for: 0s
        passed: { label: "{number}", exit: night-desk }
        failed: { reject: { sip: 603, reason: only robots come here } }
        silent: { voicemail: { box: 4000 } }`,
      { 'blocked.txt': '+1 317 555 0199\n' },
    ),
  );
  expect(decide(callFrom('3175550199'), policy).verdict).toEqual({
    kind: 'challenge',
    challenge: 'two-digits',
    attempts: 3,
    digitTimeoutMs: 4000,
    language: 'es',
    passed: { kind: 'connect', exit: 'night-desk', label: '+13175550199' },
    failed: { kind: 'reject', sip: 603, announcement: 'redress', language: 'es' },
    silent: { kind: 'voicemail', box: '4000' },
    passForMs: 0,
    earlyMedia: true,
  });
});

it('sends a call to the operators when a condition breaks', () => {
  const policy = policyAsking('{ trunk: carrier }');
  const begin = () => {
    throw new Error('a fault of ours');
  };
  const broken = { ...policy, index: { begin, next: () => -1 } as unknown as RuleIndex };
  expect(decide(callFrom('3175550199'), broken)).toMatchObject({
    verdict: { kind: 'connect', exit: 'operators' },
    rule: noRule,
    reason: 'the rules failed: a fault of ours',
  });
});

it('the version follows the content of every file, lists included', () => {
  const version = (lists: Record<string, string>) => policyAsking('{ trunk: lab }', lists).version;
  expect(version(staff)).toMatch(/^[0-9a-f]{12}$/);
  expect(version(staff)).toBe(version({ ...staff }));
  expect(version({ 'staff.csv': `${staff['staff.csv']}+1 317 555 0122,Sam\n` })).not.toBe(version(staff));
});
