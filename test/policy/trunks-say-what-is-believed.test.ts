import { expect, it } from 'vitest';
import { changeDigits } from '../../src/call/trunk.ts';
import { trunkOf } from '../../src/policy/policy.ts';
import { compileFiles, policyOf, shippedPrompts } from './policy-fixture.ts';

function compiled(trunks: string, rules = '') {
  const policy = `settings: { default-region: US, language: en, voicemail-box: general }
trunks: ${trunks}
rules:
${rules}
  - id: everyone-else
    then: { challenge: press-1 }
`;
  return compileFiles({ 'policy.yaml': policy, 'prompts.yaml': shippedPrompts });
}

it('a trunk without an entry believes our own Asterisk and no header', () => {
  const policy = policyOf(compiled('{ other: { like: telnyx } }'));
  expect(trunkOf(policy, 'carrier')).toMatchObject({
    believes: new Set(['asterisk']),
    barePass: null,
    caller: 'asterisk',
    region: 'US',
  });
  expect(trunkOf(policy, 'other')).toMatchObject({
    believes: new Set(['asterisk', 'verstat-in-pai']),
    barePass: 'A',
  });
});

it('a key departs from the preset', () => {
  const policy = policyOf(
    compiled('{ t: { like: telnyx, bare-pass: none, caller: pai, region: DE, believe: nothing } }'),
  );
  expect(trunkOf(policy, 't')).toMatchObject({
    believes: new Set(),
    barePass: null,
    caller: 'pai',
    region: 'DE',
  });
});

it.each([
  ['{ t: { like: telnix } }', 'like cannot be "telnix"', 'telnyx'],
  ['{ t: { believe: [verstat] } }', 'believe cannot be "verstat"', 'verstat-in'],
  ['{ t: { believes: asterisk } }', 'a trunk has no "believes"', 'believe'],
  ['{ t: { region: XX } }', 'region cannot be "XX"', 'US'],
  ['{ t: { bare-pass: D } }', 'bare-pass cannot be "D"', 'A'],
  ['{ t: { caller: rpid } }', 'caller cannot be "rpid"', 'pai'],
  ['{ t: { caller-digits: { strip: "x" } } }', 'strip cannot be "x"', 'digits'],
  ['[carrier]', 'trunks must be names', 'like: telnyx'],
])('%s is refused in words', (trunks, message, remedy) => {
  const [problem] = compiled(trunks).problems;
  expect(problem?.message).toContain(message);
  expect(problem?.remedy).toContain(remedy);
});

const asking = (when: string) => `  - id: asks\n    when: ${when}\n    then: connect`;
const warned = (trunks: string, when: string) =>
  compiled(trunks, asking(when)).problems.filter(({ code }) => code === 'unattested-trunk').length;

it.each([
  ['{ t: { believe: nothing } }', '{ verification: passed-A }', 1],
  ['{ t: { believe: nothing }, u: { like: twilio } }', '{ verification: passed-A }', 0],
  ['{ t: { believe: nothing }, u: { like: twilio } }', '{ trunk: t, verification: passed }', 1],
  ['{ t: { believe: p-origination-id } }', '{ verification: { attestation: [A, B] } }', 1],
  ['{ t: { believe: nothing } }', '{ verification: { signer: { contains: x } } }', 1],
  ['{ t: { believe: nothing } }', '{ verification: { not: passed-A } }', 0],
  ['{ t: { believe: nothing } }', '{ verification: failed }', 0],
  ['{ t: { believe: nothing } }', '{ trunk: other, verification: passed-A }', 0],
  ['{ t: {} }', '{ verification: passed-A }', 0],
  ['{}', '{ verification: passed-A }', 0],
])('with trunks %s a rule that asks %s is warned of %d times', (trunks, when, times) => {
  expect(warned(trunks, when)).toBe(times);
});

it.each([
  ['9912125550123', { strip: ['99'], add: '+' }, '+12125550123'],
  ['12125550123', { strip: ['99'], add: '+' }, '12125550123'],
  ['12125550123', { strip: [], add: '+' }, '+12125550123'],
  ['+12125550123', { strip: [], add: '+' }, '+12125550123'],
  ['0100', { strip: [], add: '+1317555' }, '+13175550100'],
  ['anonymous', { strip: [], add: '+' }, 'anonymous'],
  ['', { strip: [], add: '+' }, ''],
  ['0049301234', { strip: ['9', '00'], add: '+' }, '+49301234'],
])('%s with %o is %s', (number, change, changed) => {
  expect(changeDigits(number, change)).toBe(changed);
});
