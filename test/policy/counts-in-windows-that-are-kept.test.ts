import { expect, it } from 'vitest';
import { windowMs, windowWords } from '../../src/call/windows.ts';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import {
  callFrom,
  compileFiles,
  compileRules,
  noon,
  passed,
  policyAsking,
  policyOf,
  shippedPrompts,
} from './policy-fixture.ts';

const counting = (within: string) => `{ history: { calls: { over: 3, within: ${within} } } }`;
const minute = 60_000;
const zeros = Array(8).fill(0);

it.each([
  ['1m', 1],
  ['15m', 15],
  ['59m', 59],
  ['75m', 75],
  ['1h15m', 75],
  ['2h', 120],
  ['12h', 720],
  ['36h', 2160],
  ['2d', 2880],
  ['29d18h', 42_840],
])('within %s: asked for, and answered when it was counted', (within, minutes) => {
  const policy = policyAsking(counting(within));
  const ms = minutes * minute;
  expect(policy.windows).toEqual([ms]);
  const rule = (history: object) =>
    decide(callFrom('+12025550143', { history: { passUntil: null, ...history } }), policy).rule;
  expect(rule({ moreWindows: [ms], calls: [...zeros, 4] })).toBe('asked');
  expect(rule({ moreWindows: [ms], calls: [...zeros, 3] })).toBe('everyone-else');
  expect(rule({ moreWindows: [7 * minute, ms], calls: [...zeros, 0, 4] })).toBe('asked');
  // Counted by an earlier policy, or not read: neither the rule nor its not matches.
  for (const history of [
    { calls: zeros },
    { moreWindows: [7 * minute], calls: [...zeros, 9] },
    { moreWindows: [ms] },
  ])
    expect(rule(history)).toBe('everyone-else');
});

it.each(['5m', '60m', '1h', '24h', '1d', '1440m', '168h', '30d'])('%s is always counted', (within) => {
  expect(policyAsking(counting(within)).windows).toEqual([]);
});

it.each([
  ['61m', 'write 1h or 75m'],
  ['100m', 'write 90m or 105m'],
  ['23h50m', 'write 1425m or 24h'],
  ['25h', 'write 24h or 30h'],
  ['31d', 'write 30d;'],
  ['400d', 'write 30d;'],
  ['0m', 'write 15m, 6h or 7d'],
  ['90s', 'write 15m, 6h or 7d'],
  ['15', 'write 15m'],
  ['15 m', 'write 15m, 6h or 7d'],
  ['-5m', 'write 15m, 6h or 7d'],
  ['hour', 'write 15m, 6h or 7d'],
])('within %s is refused rather than rounded', (within, remedy) => {
  const { policy, problems } = compileRules(`  - { id: a, when: ${counting(within)}, then: voicemail }\n`);
  expect(policy).toBeNull();
  expect(problems.map((one) => one.remedy).join()).toContain(remedy);
});

it.each(['5m', '15m', '75m', '2h', '36h', '24h', '30d', '7d'])('%s is written back as it was', (window) => {
  expect(windowWords(windowMs(window) ?? 0)).toBe(window);
});

const surging = `settings: { default-region: US, own-numbers: '+13175550100..+13175550109', language: en, voicemail-box: general }
lists:
  staff: { file: lists/staff.txt }
  blocked: { file: lists/blocked.txt, kind: block }
rules:
  - { id: staff, when: { caller: { in: staff } }, then: connect }
  - { id: blocked, when: { caller: { in: blocked } }, then: voicemail }
  - { id: number, when: { surge: { unknown-called-number: { over: 20, within: 15m } } }, then: { challenge: two-digits } }
  - { id: board, when: { surge: { unknown-board: { over: 99, within: 1h } } }, then: { challenge: two-digits } }
  - { id: everyone-else, then: { challenge: press-1 } }
`;
const files = (cases: string) => ({
  'policy.yaml': surging,
  'prompts.yaml': shippedPrompts,
  'lists/staff.txt': '+13175550120\n',
  'lists/blocked.txt': '+13175550180\n',
  ...(cases && { 'cases/a.yaml': `cases:\n${cases}` }),
});

it.each([
  ['{ from: 2025550143, surge: { unknown-called-number: { 15m: 21 } } }', 'number'],
  ['{ from: 2025550143, surge: { unknown-called-number: { 10m: 21 } } }', 'number'],
  ['{ from: 2025550143, surge: { unknown-called-number: { 30m: 21 } } }', 'everyone-else'],
  ['{ from: 2025550143, surge: { called-number: { 15m: 500 }, board: { 15m: 500 } } }', 'everyone-else'],
  ['{ from: withheld, surge: { unknown-board: { 45m: 100 } } }', 'board'],
  ['{ from: { in: staff }, surge: { unknown-board: { 45m: 100 } } }', 'staff'],
])('%s: %s', (call, rule) => {
  const compiled = compileFiles(files(`  - { case: it, call: ${call}, want: { rule: ${rule} } }\n`));
  expect(compiled.problems).toEqual([]);
});

it('a case with a window that nothing counts is refused', () => {
  const bad =
    '  - { case: it, call: { from: 2025550143, surge: { board: { 7h5m: 1 } } }, want: { rule: board } }\n';
  expect(compileFiles(files(bad)).problems[0]?.remedy).toContain('write 7h or 435m');
});

const policy: Policy = policyOf(compileFiles(files('')));
it.each<[string, ReturnType<typeof callFrom>, boolean]>([
  ['on a list', callFrom('+13175550120'), true],
  [
    'on a list, forged',
    callFrom('+13175550120', { verification: { ...passed('A'), result: 'failed' } }),
    false,
  ],
  ['on a list, nothing known of earlier calls', callFrom('+13175550120', { history: null }), true],
  ['on a block list', callFrom('+13175550180'), false],
  ['with a pass', callFrom('+12025550143', { history: { passUntil: noon + 1 } }), true],
  ['with a pass that has ended', callFrom('+12025550143', { history: { passUntil: noon } }), false],
  ['dialed by us', callFrom('+12025550143', { history: { passUntil: null, dialedUntil: noon + 1 } }), true],
  [
    'expected',
    callFrom('+12025550143', {
      history: { passUntil: null, expected: { until: noon + 1, called: null, why: '' } },
    }),
    true,
  ],
  ['withheld', callFrom('anonymous', { history: { passUntil: noon + 1 } }), false],
  ['nobody', callFrom('+12025550143'), false],
])('%s: known %s', (_, facts, known) => {
  const decision = decide(facts, policy);
  expect(decision.known === true).toBe(known);
  expect(JSON.parse(JSON.stringify(decision)).known).toBe(known ? true : undefined);
});
