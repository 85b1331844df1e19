import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { formatProblem } from '../../src/policy/problem.ts';
import { loadRules } from '../../src/rules/read-rules.ts';
import { compileFiles, shippedPrompts } from './policy-fixture.ts';
import { calls, compileWritten, rules, writtenRule } from './random-rules.ts';

function problemsOf(mustPass: string, rules: string, lists: Record<string, string>): string[] {
  const declared = Object.keys(lists).map((id) => `  ${id}: { file: lists/${id}.txt }\n`);
  const { problems } = compileFiles({
    'policy.yaml': `settings:
  default-region: US
  language: en
  voicemail-box: general
  own-numbers: '+13175550100..+13175550109'
  must-pass: ${mustPass}
lists:
${declared.join('')}rules:
${rules}  - { id: everyone-else, then: { challenge: press-1 } }
`,
    'prompts.yaml': shippedPrompts,
    ...Object.fromEntries(Object.entries(lists).map(([id, text]) => [`lists/${id}.txt`, text])),
  });
  return problems.filter(({ code }) => code !== 'conflicting-rows').map(formatProblem);
}

const connectEmergency = '  - { id: emergency, when: { caller: { in: emergency } }, then: connect }\n';
const block = '  - { id: blocked, when: { caller: { in: blocked } }, then: { reject: {} } }\n';
const emergency = '+13175550190\n+14635550190..+14635550193\n';

describe('accepted', () => {
  it.each<[string, string, string, Record<string, string>]>([
    [
      'the rule stands above everything',
      '[emergency]',
      connectEmergency + block,
      { emergency, blocked: '+13175550190\n' },
    ],
    [
      'the rules above are about others',
      '[emergency]',
      `${block}  - { id: abroad, when: { caller: { country: GB } }, then: voicemail }
  - { id: own, when: { caller: { is: own-number } }, then: { challenge: press-1 } }
  - { id: odd, when: { caller: { is: [withheld, malformed] } }, then: voicemail }
  - { id: toll-free, when: { caller: { type: toll-free } }, then: voicemail }
${connectEmergency}`,
      { emergency, blocked: '+13175550180\n' },
    ],
    [
      'forged calls may be asked, and only those are',
      '[{ list: staff, unless: verification-failed }]',
      `  - { id: forged, when: { verification: failed }, then: voicemail }
  - { id: staff, when: { caller: { in: staff }, verification: { not: failed } }, then: connect }
`,
      { staff: '+13175550120\n' },
    ],
    [
      'two rules together leave nobody out',
      '[staff]',
      `  - { id: forged, when: { caller: { in: staff }, verification: failed }, then: connect }
  - { id: staff, when: { caller: { in: staff }, not: { verification: failed } }, then: connect }
`,
      { staff: '+13175550120\n' },
    ],
    [
      'a prefix of which no number is blocked',
      '[staff]',
      `${block}  - { id: staff, when: { caller: { in: staff } }, then: connect }\n`,
      { staff: '+1317555012*\n', blocked: '+13175550180\n' },
    ],
  ])('%s', (_what, mustPass, rules, lists) => {
    expect(problemsOf(mustPass, rules, lists)).toEqual([]);
  });
});

describe('refused, with the number and the rule in its way', () => {
  it.each<[string, string, string, Record<string, string>, string]>([
    [
      'no rule connects them',
      '[emergency]',
      '',
      { emergency },
      '"emergency", line 1 is not always connected: "everyone-else" (line 10) takes a call from +13175550190',
    ],
    [
      'a number is blocked as well, and that comes first',
      '[emergency]',
      block + connectEmergency,
      { emergency, blocked: '+14635550192\n' },
      '"blocked" (line 11) takes a call from +14635550192',
    ],
    [
      'only in a surge',
      '[emergency]',
      `  - { id: surge, when: { surge: { board: { over: 500, within: 10m } } }, then: voicemail }\n${connectEmergency}`,
      { emergency },
      'boardCalls over 500 within 10m',
    ],
    [
      'only when the history cannot be read',
      '[staff]',
      '  - { id: staff, when: { caller: { in: staff }, any: [{ history: { has-pass: true } }, { history: { has-pass: false } }] }, then: connect }\n',
      { staff: '+13175550120\n' },
      'history not known',
    ],
    [
      'forged calls, though nobody excepted them',
      '[staff]',
      '  - { id: staff, when: { caller: { in: staff }, verification: { not: failed } }, then: connect }\n',
      { staff: '+13175550120\n' },
      'verification failed',
    ],
    [
      'a prefix with a blocked number in it',
      '[staff]',
      `${block}  - { id: staff, when: { caller: { in: staff } }, then: connect }\n`,
      { staff: '+1317555012*\n', blocked: '+13175550121\n' },
      'from a number that begins with +1317555012',
    ],
    [
      'the rule that connects them will expire',
      '[staff]',
      '  - { id: staff, when: { caller: { in: staff } }, then: connect, expires: 2030-01-01 }\n',
      { staff: '+13175550120\n' },
      '"everyone-else"',
    ],
    ['a list that does not exist', '[stuff]', '', { staff: '' }, 'there is no list "stuff"'],
  ])('%s', (_what, mustPass, rules, lists, says) => {
    const problems = problemsOf(mustPass, rules, lists);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^rules\/policy\.yaml:6:1[45]: error: /);
    expect(problems[0]).toContain(says);
  });

  it('says how to mend a blocked number', () => {
    const [problem] = problemsOf('[emergency]', block + connectEmergency, {
      emergency,
      blocked: '+13175550190\n',
    });
    expect(problem).toContain(
      'take +13175550190 off blocked, or put the rule that connects "emergency" above "blocked"',
    );
  });
});

it('no level, surge, campaign, flag or count keeps a number on a must-pass list from people, whatever rules were accepted', () => {
  let accepted = 0;
  fc.assert(
    fc.property(rules, fc.nat(2), fc.array(calls, { minLength: 60, maxLength: 60 }), (random, at, some) => {
      const connects = writtenRule('must-pass', 'connect', { when: { caller: { in: 'customers' } } });
      const written = random.toSpliced(Math.min(at, random.length - 1), 0, connects);
      const { policy } = compileWritten(written, '  must-pass: [customers]\n');
      if (policy === null) return;
      accepted++;
      for (const facts of some)
        for (const number of ['+13175550141', '+14635550150']) {
          const call = { ...facts, caller: { number, reason: null, raw: number, displayName: '' } };
          expect(decide(call, policy).verdict.kind).toBe('connect');
        }
    }),
    { numRuns: 200 },
  );
  expect(accepted).toBeGreaterThan(20);
});

const { policy } = await loadRules('rules');

it('the shipped rules connect them under attack, in a call-back surge, as members of a campaign, flagged, forged', () => {
  if (policy === null) throw new Error('the shipped rules were refused');
  fc.assert(
    fc.property(calls, fc.constantFrom('emergency', 'staff'), (facts, list) => {
      const [number = ''] = policy.lists.get(list)?.numbers() ?? [];
      const call = { ...facts, caller: { number, reason: null, raw: number, displayName: '' } };
      if (list === 'staff' && call.verification.result === 'failed') return;
      expect(decide(call, policy).verdict.kind).toBe('connect');
    }),
    { numRuns: 2000 },
  );
});
