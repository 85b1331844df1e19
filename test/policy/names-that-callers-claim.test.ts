import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CallFacts } from '../../src/call/facts.ts';
import { ClaimedNames, type NamesByGroup } from '../../src/policy/claimed-names.ts';
import { decide } from '../../src/policy/decide.ts';
import { signalsOf } from '../../src/policy/signals.ts';
import { processorMs } from '../processor-time.ts';
import { hostileNames } from './hostile-names.ts';
import { callFrom, compileFiles, compileRules, policyAsking, shippedPrompts } from './policy-fixture.ts';

const shipped = parse(readFileSync('rules/claimed-names.yaml', 'utf8')) as { names: NamesByGroup };
const names = new ClaimedNames({ ...shipped.names, brand: ['Acme Health', 'Müller & Söhne'] });

function claimed(displayName: string): string {
  return names
    .find(displayName)
    .map(({ group, name }) => `${group}: ${name}`)
    .join(', ');
}

describe('a name is found in any writing', () => {
  it.each([
    ['IRS', 'agency: IRS'],
    ['I.R.S.', 'agency: IRS'],
    ['i r s tax dept', 'agency: IRS'],
    ['1RS', 'agency: IRS'],
    ['IRS-Refund!', 'agency: IRS'],
    ['ＩＲＳ', 'agency: IRS'],
    ['\u0406RS', 'agency: IRS'],
    ['I\u200bR\u200bS', 'agency: IRS'],
    ['SOCIAL SECURITY ADMINISTRATION', 'agency: Social Security Administration'],
    ['SocialSecurity', 'agency: Social Security'],
    ['S0CIAL-SECUR1TY', 'agency: Social Security'],
    ['$ocial Security', 'agency: Social Security'],
    ["Marion County Sheriff's Office", 'police: Sheriffs Office'],
    ['FRATERNAL ORDER OF POLICE', 'police: Fraternal Order of Police'],
    ['American Red-Cross', 'charity: American Red Cross'],
    ['Police Red Cross Fund', 'charity: Red Cross, police: Police'],
    ['ACMEHEALTH', 'brand: Acme Health'],
    ['muller und sohne', ''],
    ['MULLER SOHNE', 'brand: Müller & Söhne'],
  ])('%j: %s', (displayName, found) => {
    expect(claimed(displayName)).toBe(found);
  });

  it.each([
    '',
    'FIRST BANK',
    'Irsay, Jim',
    'Medicarelli',
    'Redcrossing Inn',
    'IR Smith',
    'Fredcross',
    '...',
    '911',
  ])('%j claims nothing', (displayName) => {
    expect(claimed(displayName)).toBe('');
  });
});

it('whatever a caller sends is looked through in bounded time', () => {
  const many = new ClaimedNames({
    all: Array.from({ length: 2000 }, (_, i) => `${'a x word '.repeat(1 + (i % 5))}${i}`),
  });
  const some = hostileNames();
  const all = Array.from({ length: 2000 }, () => some.next().value);
  const ms = processorMs(() => {
    for (const name of all) many.find(name);
  });
  expect(ms / all.length).toBeLessThan(0.5);
});

function asked(when: string, facts: CallFacts) {
  const decision = decide(facts, policyAsking(when));
  return { matches: decision.rule === 'asked', because: decision.trace[0]?.because ?? '' };
}

describe('rules ask for it', () => {
  it.each<[string, string, boolean]>([
    ['{ caller: { claims: agency } }', 'IRS', true],
    ['{ caller: { claims: agency } }', 'Sheriff', false],
    ['{ caller: { claims: [agency, police] } }', 'Sheriff', true],
    ['{ caller: { claims: true } }', 'Red Cross', true],
    ['{ caller: { claims: true } }', 'Jo Caller', false],
    ['{ caller: { claims: false } }', 'Jo Caller', true],
    ['{ caller: { claims: false } }', '', true],
    ['{ caller: { claims: false } }', 'Red Cross', false],
    ['{ not: { caller: { claims: police } } }', 'Red Cross', true],
  ])('%s of %j: %s', (when, name, matches) => {
    expect(asked(when, callFrom('3175550199', { name })).matches).toBe(matches);
  });

  it('the trace says which name', () => {
    const { because } = asked(
      '{ caller: { claims: [police, agency] } }',
      callFrom('3175550199', { name: 'I.R.S.' }),
    );
    expect(because).toBe('caller name claims to be police or agency: yes (IRS)');
  });

  it('and the facts of a call keep it for those who look later', () => {
    const policy = policyAsking('{ caller: { claims: agency } }');
    expect(signalsOf(callFrom('3175550199', { name: 'Medicare Office' }), policy)).toEqual({
      claimed: { group: 'agency', name: 'Medicare' },
    });
    expect(signalsOf(callFrom('3175550199'), policy)).toBeUndefined();
  });

  it('a group that no list has, and a rule set without a list, are refused', () => {
    const rule = (asks: string) => `  - { id: a, when: { caller: { claims: ${asks} } }, then: connect }\n`;
    const { problems } = compileRules(rule('[agency, charities]'));
    expect(problems).toMatchObject([{ code: 'unknown-claim', remedy: expect.stringContaining('charity') }]);
    const without = compileFiles({
      'policy.yaml': `settings: { default-region: US, language: en, voicemail-box: general }\nrules:\n${rule('true')}  - { id: z, then: voicemail }\n`,
      'prompts.yaml': shippedPrompts,
    });
    expect(without.problems.map(({ code }) => code)).toContain('unknown-claim');
  });

  it('a rule for one group below a rule for all of them can never match', () => {
    const { problems } = compileRules(
      '  - { id: a, when: { caller: { claims: true } }, then: connect }\n  - { id: b, when: { caller: { claims: police } }, then: connect }\n',
    );
    expect(problems.map(({ code }) => code)).toEqual(['unreachable-rule']);
  });
});

it.each([
  ['names: { agency: [IR] }', 'too short'],
  ['names: { Agency: [IRS] }', 'small letters'],
  ['names: [IRS]', 'groups of names'],
  [`names: { agency: [${'x'.repeat(61)}] }`, 'too long'],
  [`names: { agency: [${Array.from({ length: 2001 }, (_, i) => `name ${i}`).join(', ')}] }`, '2001 names'],
])('a list that cannot be used is refused: %.30s', (text, says) => {
  const { policy, problems } = compileFiles({
    'policy.yaml':
      'settings: { default-region: US, language: en, voicemail-box: general }\nrules: [{ id: z, then: voicemail }]\n',
    'prompts.yaml': shippedPrompts,
    'claimed-names.yaml': text,
  });
  expect(policy).toBeNull();
  expect(problems.map(({ message, remedy }) => `${message} ${remedy}`).join()).toContain(says);
});
