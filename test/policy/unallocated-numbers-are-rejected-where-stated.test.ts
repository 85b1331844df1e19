import { describe, expect, it } from 'vitest';
import { isUnallocated } from '../../src/numbers/unallocated.ts';
import { compileFiles, shippedPrompts } from './policy-fixture.ts';

it.each<[string, boolean]>([
  // New, or at any time to be given: an area code that the tables do not know is nobody's fault.
  ['+15655550123', false],
  ['+12235550123', false],
  ['+17275550123', false],
  ['+16225550123', false],
  ['+18585550123', false],
  // Kept free by the plan itself.
  ['+19995550123', true],
  ['+12905550123', true],
  ['+13705550123', true],
  ['+19605550123', true],
  ['+15555550123', true],
  ['+19505550123', true],
  // Given.
  ['+13175550123', false],
  ['+18005550199', false],
  ['+14165550123', false],
  ['+442079460123', false],
  ['+441999999999', true],
  ['+4915123456789', false],
  ['+999123456789', false],
  ['911', false],
])('%s: unallocated %s', (number, is) => {
  expect(isUnallocated(number)).toBe(is);
});

const compiled = (settings: string, rules: string, list = '') =>
  compileFiles({
    'policy.yaml': `settings: { default-region: US, language: en, voicemail-box: general${settings} }
lists: { points: { file: lists/points.txt, in-use: false }, blocked: { file: lists/blocked.txt, kind: block, in-use: false } }
rules:
${rules}  - { id: everyone-else, then: { challenge: press-1 } }
`,
    'prompts.yaml': shippedPrompts,
    'lists/points.txt': list,
    'lists/blocked.txt': '',
    'cases/a.yaml': 'cases: []\n',
  }).problems.filter(({ severity }) => severity === 'error');

const rejecting = (when: string) =>
  `  - { id: made-up, when: ${when}, then: { reject: { reason: No such number } } }\n`;
const stated = ', reject-unallocated: true';
const unallocated = '{ caller: { is: unallocated } }';

describe('turned away', () => {
  it.each([
    ['where the site states it', stated, unallocated],
    ['with more asked', stated, '{ caller: { is: unallocated }, verification: { not: passed } }'],
    ['or on a block list', stated, '{ any: [{ caller: { is: unallocated } }, { caller: { in: blocked } }] }'],
  ])('%s', (_, settings, when) => {
    expect(compiled(settings, rejecting(when))).toEqual([]);
  });

  it.each([
    ['where it is not stated', '', unallocated, 'reject-unallocated: true'],
    ['every number that the tables do not know', stated, '{ caller: { valid: false } }', 'block list'],
    [
      'malformed numbers, which a telephone system may have broken',
      stated,
      '{ caller: { is: malformed } }',
      'block list',
    ],
    ['all but these', stated, '{ not: { caller: { is: unallocated } } }', 'block list'],
    ['withheld callers beside them', stated, '{ caller: { is: [unallocated, withheld] } }', 'block list'],
    [
      'a surge beside them',
      stated,
      '{ any: [{ caller: { is: unallocated } }, { closed-today: true }] }',
      'block list',
    ],
    ['stated false', ', reject-unallocated: false', unallocated, 'reject-unallocated: true'],
  ])('never: %s', (_, settings, when, remedy) => {
    const problems = compiled(settings, rejecting(when));
    expect(problems.map(({ code }) => code)).toEqual(['dead-end']);
    expect(problems[0]?.remedy).toContain(remedy);
  });

  it('never a number that must pass', () => {
    const mustPass = ', reject-unallocated: true, must-pass: [points]';
    const connect = '  - { id: points, when: { caller: { in: points } }, then: connect }\n';
    const both = (list: string, rules: string) => compiled(mustPass, rules, list).length;
    expect(both('+19995550123\n', rejecting(unallocated) + connect)).toBe(1);
    expect(both('+13175550123\n', rejecting(unallocated) + connect)).toBe(0);
    expect(both('+19995550123\n', connect + rejecting(unallocated))).toBe(0);
  });
});

it('the proofs know that such a number is none that is in use', () => {
  const rule = (id: string, caller: string) =>
    `  - { id: ${id}, when: { caller: ${caller} }, then: voicemail }\n`;
  const codes = (rules: string) => compiled('', rules).map(({ code }) => code);
  expect(codes(rule('a', '{ is: unallocated, valid: true }'))).toEqual(['contradiction']);
  expect(codes(rule('a', '{ is: unallocated, type: mobile }'))).toEqual(['contradiction']);
  expect(codes(rule('a', '{ valid: false }') + rule('b', '{ is: unallocated }'))).toEqual([
    'unreachable-rule',
  ]);
  expect(codes(rule('a', '{ is: unallocated }') + rule('b', '{ valid: false }'))).toEqual([]);
});
