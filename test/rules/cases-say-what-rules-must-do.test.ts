import { describe, expect, it } from 'vitest';
import { testLines, unreachedRules } from '../../src/cli/test.ts';
import type { CompileResult } from '../../src/policy/compile/compile.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { compileFiles, shippedPrompts } from '../policy/policy-fixture.ts';
import { runGatehouse } from './run-gatehouse.ts';

const policy = `settings:
  default-region: US
  own-numbers: '+13175550100..+13175550109'
  language: en
  voicemail-box: general
  time-zone: America/Indiana/Indianapolis
lists:
  blocked: { file: lists/blocked.txt }
  staff: { file: lists/staff.csv }
rules:
  - { id: blocked, when: { caller: { in: blocked } }, then: { reject: {} } }
  - { id: staff, when: { caller: { in: staff }, verification: { not: failed } }, then: { connect: { label: 'Staff {name}' } } }
  - { id: many, when: { history: { calls: { over: 4, within: 1h } } }, then: voicemail, mode: monitor }
  - { id: surge, when: { surge: { board: { over: 99, within: 10m } } }, then: { challenge: two-digits } }
  - { id: night, when: { time: { hours: 22:00-06:00 } }, then: voicemail }
  - { id: flagged, when: { history: { flagged: scam } }, then: voicemail }
  - { id: everyone-else, then: { challenge: press-1 } }
`;

function withCases(cases: string): CompileResult {
  return compileFiles({
    'policy.yaml': policy,
    'prompts.yaml': shippedPrompts,
    'lists/blocked.txt': '+13175550180\n+13175550181\n',
    'lists/staff.csv': 'number,name\n+13175550180,Both\n+13175550120,Avery Lane\n',
    'cases/a.yaml': `cases:\n${cases}`,
  });
}

function one(call: string, want: string): CompileResult {
  return withCases(`  - { case: it, call: ${call}, want: ${want} }\n`);
}

describe('a call in a few words', () => {
  it.each([
    ['{ from: { in: staff } }', '{ rule: staff, verdict: connect, label: Staff Avery Lane }'],
    ['{ from: { in: blocked } }', '{ rule: blocked, verdict: reject }'],
    ['{ from: 317.555.0120, verification: failed }', '{ rule: everyone-else, challenge: press-1 }'],
    ['{ from: withheld }', '{ verdict: challenge }'],
    ['{ from: own-number, at: 2026-03-12T23:00 }', '{ rule: night }'],
    ['{ from: 2025550143, at: 2026-03-12T23:00, zone: UTC }', '{ rule: everyone-else }'],
    ['{ from: 2025550143, history: { calls: { 10m: 5 } } }', '{ rule: everyone-else, monitored: many }'],
    ['{ from: 2025550143, history: { flagged: { scam: 1 } } }', '{ rule: flagged }'],
    ['{ from: 2025550143, history: missing, surge: { board: { 10m: 100 } } }', '{ rule: everyone-else }'],
    ['{ from: 2025550143, surge: { board: { 10m: 100 } } }', '{ rule: surge }'],
  ])('%s wants %s', (call, want) => {
    const { policy: compiled, problems, cases } = one(call, want);
    expect(problems.filter(({ code }) => code !== 'conflicting-rows').map(formatProblem)).toEqual([]);
    expect(compiled).not.toBeNull();
    expect(cases).toMatchObject([{ result: 'passed' }]);
  });
});

describe('a case that fails refuses the policy, with its place and why', () => {
  it.each([
    [
      '{ from: { in: staff } }',
      '{ rule: blocked }',
      'rule blocked was wanted, and it is staff; caller in blocked: no',
    ],
    ['{ from: 2025550143 }', '{ verdict: connect }', 'verdict connect was wanted, and it is challenge'],
    [
      '{ from: { in: staff } }',
      '{ label: Staff Sam }',
      'label "Staff Sam" was wanted, and it is Staff Avery Lane',
    ],
    ['{ from: 2025550143 }', '{ monitored: many }', 'the monitor rule many did not match'],
    ['{ from: 2025550143 }', '{ rule: everyone-els }', 'did you mean "everyone-else"?'],
    ['{ from: { in: staf } }', '{ rule: staff }', 'there is no list "staf"; did you mean "staff"?'],
  ])('%s wants %s', (call, want, why) => {
    const { policy: compiled, problems } = one(call, want);
    expect(compiled).toBeNull();
    const [problem] = problems;
    expect(problem).toMatchObject({ code: 'case-failed', file: 'rules/cases/a.yaml', line: 2, column: 5 });
    expect(problem?.message).toContain(why);
  });
});

it('a case without a number to call from is left out, with a warning', () => {
  const { policy: compiled, problems } = compileFiles({
    'policy.yaml': policy,
    'prompts.yaml': shippedPrompts,
    'lists/blocked.txt': '',
    'lists/staff.csv': 'number,name\n',
    'cases/a.yaml': 'cases:\n  - { case: it, call: { from: { in: staff } }, want: { rule: staff } }\n',
  });
  expect(compiled).not.toBeNull();
  expect(problems.map(({ code }) => code)).toContain('case-skipped');
});

it('cases see the rules even while the whole board only watches, and are no part of the version', () => {
  const files = (mode: string, cases: string) =>
    compileFiles({
      'policy.yaml': policy
        .replace('rules:', 'rules:')
        .replace('  language: en', `  language: en\n  mode: ${mode}`),
      'prompts.yaml': shippedPrompts,
      'lists/blocked.txt': '+13175550181\n',
      'lists/staff.csv': 'number,name\n',
      'cases/a.yaml': `cases:\n  - { case: ${cases}, call: { from: { in: blocked } }, want: { verdict: reject } }\n`,
    }).policy?.version;
  expect(files('monitor', 'it')).toBe(files('monitor', 'the same'));
  expect(files('monitor', 'it')).not.toBe(files('enforce', 'it'));
});

it('coverage names the rules that no case reaches', () => {
  const found = withCases(
    '  - { case: staff, call: { from: { in: staff } }, want: { rule: staff } }\n  - { case: busy, call: { from: 2025550143, history: { calls: { 1h: 9 } } }, want: { monitored: many } }\n',
  );
  expect(unreachedRules(found).map(({ rule }) => rule)).toEqual(['blocked', 'surge', 'night', 'flagged']);
  expect(testLines('rules', found, unreachedRules(found))).toEqual([
    'ok      staff',
    'ok      busy',
    'no case reaches  rules/policy.yaml:11: blocked',
    'no case reaches  rules/policy.yaml:14: surge',
    'no case reaches  rules/policy.yaml:15: night',
    'no case reaches  rules/policy.yaml:16: flagged',
    'rules: 2 passed, 0 failed, 0 skipped, 3 of 7 rules reached',
  ]);
});

it('every shipped rule has a case', async () => {
  expect(unreachedRules(await loadRules('rules'))).toEqual([]);
});

it('gatehouse test ends with 1 when a case fails, and says where it stands', async () => {
  const { exitCode, stdout } = await runGatehouse([
    'test',
    '--rules',
    'test/fixtures/broken-rules/case-fails',
  ]);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('ok      Anybody is asked\n');
  expect(stdout).toContain('FAILED  test/fixtures/broken-rules/case-fails/cases/callers.yaml:5: A toll-free');
  expect(stdout).toContain('1 passed, 1 failed, 0 skipped');
});
