import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { callerFacts } from '../../src/numbers/phone-number.ts';
import { decide } from '../../src/policy/decide.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { callFrom, compileFiles, compileRules, policyAsking, shippedPrompts } from './policy-fixture.ts';

const lists = { 'services.csv': 'number,name\n911,Dispatch\n211,\nshort:24273,Bank\n000,\n' };

function call(raw: string): CallFacts {
  return { ...callFrom('+12025550143'), caller: callerFacts(raw, 'allowed', '', 'US') };
}

function ruleFor(raw: string, when: string): string | null {
  return decide(call(raw), policyAsking(when, lists)).rule;
}

const asked = 'asked';
const other = 'everyone-else';

describe('a short code', () => {
  it.each([
    ['911', 'in: services', asked],
    ['211', 'in: services', asked],
    ['24273', 'in: services', asked],
    ['311', 'in: services', other],
    ['12025550143', 'in: services', other],
    ['911', 'is: short-code', asked],
    ['24273', 'is: short-code', asked],
    ['12345', 'is: short-code', other],
    ['12345', 'is: malformed', asked],
    ['911', 'is: malformed', other],
    ['911', 'number: "911"', asked],
    ['911', 'number: ["112", "911", "+12025550143"]', asked],
    ['24273', 'number: "short:24273"', asked],
    ['911', 'number: "short:24273"', other],
    ['911', 'number: "+91*"', other],
    ['911', 'number: "+1911*"', other],
    ['911', 'country: US', other],
    ['911', 'valid: false', other],
    ['911', 'valid: true', other],
    ['911', 'is: own-number', other],
  ])('%s, when caller %s: %s', (raw, caller, rule) => {
    expect(ruleFor(raw, `{ caller: { ${caller} } }`)).toBe(rule);
  });

  it('earns nothing and has no history', () => {
    expect(call('911').caller).toEqual({ number: null, reason: 'short-code', raw: '911', displayName: '' });
    expect(ruleFor('911', '{ history: { has-pass: true } }')).toBe(other);
  });

  it('is shown in labels', () => {
    const { policy } = compileRules(
      `  - { id: a, when: { caller: { in: services } }, then: { connect: { label: '{name} {number}' } } }\n`,
      lists,
    );
    if (!policy) throw new Error('refused');
    expect(decide(call('911'), policy).verdict).toMatchObject({ label: 'Dispatch 911' });
  });
});

it.each([
  ['24273', /write a short code as short:24273/],
  ['317555', /first digits with a \*/],
  ['12', /short:24273/],
  ['211..811', /not a range/],
  ['91*', /not a prefix/],
])('number: "%s" in a rule is refused', (written, message) => {
  const { problems } = compileRules(
    `  - { id: a, when: { caller: { number: "${written}" } }, then: connect }\n`,
  );
  expect(problems.map(formatProblem).join()).toMatch(message);
});

it.each(['own-numbers: "911"', 'called: { number: "911" }'])('%s is refused', (written) => {
  const { problems } = written.startsWith('called')
    ? compileRules(`  - { id: a, when: { ${written} }, then: connect }\n`)
    : compileFiles({
        'policy.yaml': `settings: { default-region: US, language: en, voicemail-box: general, ${written} }\nrules:\n  - { id: all, then: connect }\n`,
        'prompts.yaml': shippedPrompts,
      });
  expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
});

describe('on a must-pass list', () => {
  const problemsOf = (rows: string, rules: string) =>
    compileFiles({
      'policy.yaml': `settings:
  default-region: US
  language: en
  voicemail-box: general
  own-numbers: '+13175550100..+13175550109'
  must-pass: [emergency]
lists:
  emergency: { file: lists/emergency.txt }
rules:
${rules}  - { id: everyone-else, then: { challenge: press-1 } }
`,
      'prompts.yaml': shippedPrompts,
      'lists/emergency.txt': rows,
    }).problems.map(formatProblem);
  const connect = '  - { id: emergency, when: { caller: { in: emergency } }, then: connect }\n';

  it('is accepted where a rule connects the list, also beside numbers', () => {
    expect(problemsOf('911\n', connect)).toEqual([]);
    expect(problemsOf('911\n112\nshort:24273\n+13175550190\n', connect)).toEqual([]);
  });

  it.each([
    ['  - { id: odd, when: { caller: { is: short-code } }, then: voicemail }\n', true],
    ['  - { id: odd, when: { caller: { number: "911" } }, then: voicemail }\n', true],
    ['  - { id: odd, when: { not: { caller: { country: US } } }, then: voicemail }\n', true],
    ['  - { id: odd, when: { caller: { is: [malformed, withheld] } }, then: voicemail }\n', false],
    ['  - { id: odd, when: { caller: { number: "+1911*" } }, then: voicemail }\n', false],
    ['  - { id: odd, when: { caller: { valid: false } }, then: voicemail }\n', false],
  ])('a rule above: %s holds it up: %s', (rule, holdsUp) => {
    const found = problemsOf('911\n', rule + connect).filter((text) => text.includes('must-pass'));
    expect(found.length > 0).toBe(holdsUp);
  });

  it('a row that may be an extension is an error with its line', () => {
    const problems = problemsOf('911\n24273\n', connect);
    expect(problems.join()).toMatch(
      /emergency\.txt:2.*24273.*is not a phone number; it may be an extension/s,
    );
  });
});
