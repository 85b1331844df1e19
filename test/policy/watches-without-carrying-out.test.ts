import { expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { callFrom, compileFiles, noon, policyOf, shippedPrompts } from './policy-fixture.ts';

const lists = { 'lists/blocked.txt': '+13175550180\n', 'lists/staff.txt': '+13175550120  Avery Lane\n' };

function policyWith(settings: string, rules: string) {
  return policyOf(
    compileFiles({
      'policy.yaml': `settings:
  default-region: US
  language: en
  voicemail-box: general
${settings}lists: { blocked: { file: lists/blocked.txt }, staff: { file: lists/staff.txt } }
rules:
${rules}  - { id: everyone-else, then: { challenge: press-1 } }
`,
      'prompts.yaml': shippedPrompts,
      ...lists,
    }),
  );
}

const rules = `  - { id: staff, when: { caller: { in: staff } }, then: { connect: { label: 'Staff {name}' } } }
  - { id: trial, when: { trunk: carrier }, then: voicemail, mode: monitor }
  - { id: blocked, when: { caller: { in: blocked } }, then: { reject: {} } }
`;

it('a board in monitor mode connects everybody and records what would have been done', () => {
  const policy = policyWith('  mode: monitor\n  operators-exit: desk\n', rules);
  const decision = decide(callFrom('3175550180'), policy);
  expect(JSON.parse(JSON.stringify(decision))).toMatchObject({
    verdict: { kind: 'connect', exit: 'desk', label: null },
    rule: 'blocked',
    mode: 'monitor',
    monitored: [
      { rule: 'trial', verdict: { kind: 'voicemail' } },
      { rule: 'blocked', verdict: { kind: 'reject', sip: 607 } },
    ],
  });
  expect(decide(callFrom('2025550143'), policy)).toMatchObject({
    verdict: { kind: 'connect' },
    rule: 'everyone-else',
    monitored: [{ rule: 'trial' }, { rule: 'everyone-else', verdict: { kind: 'challenge' } }],
  });
});

it('a call that would be connected anyhow is connected as its rule says', () => {
  const decision = decide(callFrom('3175550120'), policyWith('  mode: monitor\n', rules));
  expect(decision).toMatchObject({ verdict: { label: 'Staff Avery Lane' }, rule: 'staff', monitored: [] });
  expect(JSON.parse(JSON.stringify(decision))).toMatchObject({ mode: 'monitor' });
});

it('an enforcing board says nothing of a mode', () => {
  const decision = decide(callFrom('3175550180'), policyWith('', rules));
  expect(decision.verdict.kind).toBe('reject');
  expect(JSON.parse(JSON.stringify(decision))).not.toHaveProperty('mode');
});

it('a rule holds to the end of its last day in the time zone, then it is passed over and the trace says so', () => {
  const policy = policyWith(
    '  time-zone: America/Indiana/Indianapolis\n',
    '  - { id: trial, when: { trunk: carrier }, then: voicemail, expires: 2026-03-12 }\n',
  );
  const ruleAt = (now: string) => decide(callFrom('2025550143', { now: Date.parse(now) }), policy).rule;
  expect(ruleAt('2026-03-12T23:59:59-04:00')).toBe('trial');
  expect(ruleAt('2026-03-13T00:00:00-04:00')).toBe('everyone-else');
  const after = decide(callFrom('2025550143', { now: noon + 86_400_000 }), policy);
  expect(after.trace[0]).toMatchObject({ rule: 'trial', matched: false, because: 'the rule has expired' });
});
