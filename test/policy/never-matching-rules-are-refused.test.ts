import { describe, expect, it } from 'vitest';
import { processorMs } from '../processor-time.ts';
import { compileRules } from './policy-fixture.ts';

const lists = { 'blocked.txt': '+13175550180\n', 'staff.txt': '+13175550120\n' };

function codesOf(rules: string): string[] {
  return compileRules(rules, lists).problems.map(
    ({ code, message }) => `${code} ${/"([^"]+)"/.exec(message)?.[1]}`,
  );
}

function rule(id: string, when: string, more = ''): string {
  return `  - { id: ${id}, when: ${when}, then: voicemail${more} }\n`;
}

describe('what a rule asks contradicts itself', () => {
  it.each([
    '{ verification: failed, not: { verification: { not: passed } } }',
    '{ verification: { is: passed-A, not: passed } }',
    '{ all: [{ trunk: a }, { trunk: b }] }',
    '{ caller: { is: withheld, in: staff } }',
    '{ caller: { is: malformed, country: US } }',
    '{ caller: { number: "+1317*", country: GB } }',
    '{ caller: { number: "+1317*", region: 463 } }',
    '{ caller: { number: "+13175550120" }, not: { caller: { region: 317 } } }',
    '{ caller: { valid: false, type: mobile } }',
    '{ all: [{ caller: { type: mobile } }, { caller: { type: voip } }] }',
    '{ caller: { name: { equals: Acme } }, not: { caller: { name: { contains: ACM } } } }',
    '{ history: { has-pass: true }, caller: { is: withheld } }',
    '{ history: { expected: true }, verification: failed }',
    '{ history: { calls: { over: 9, within: 1h } }, not: { history: { calls: { over: 4, within: 1h } } } }',
    '{ all: [{ campaign: c1 }, { campaign: c2 }] }',
    '{ all: [{ time: { weekday: mon, zone: UTC } }, { time: { weekday: tue-thu, zone: UTC } }] }',
    '{ all: [{ time: { hours: 08:00-12:00, zone: UTC } }, { time: { hours: 13:00-17:00, zone: UTC } }] }',
    '{ caller: { in: staff }, not: { any: [{ caller: { in: [staff, blocked] } }, { trunk: a }] } }',
    '{ verification: { signer: { contains: x } }, not: { verification: passed } }',
  ])('%s', (when) => {
    expect(codesOf(rule('odd', when))).toEqual(['contradiction odd']);
  });
});

describe('the rules above leave it nothing', () => {
  it.each<[string, string[]]>([
    ['the same again', [rule('a', '{ trunk: x }'), rule('b', '{ trunk: x, verification: failed }')]],
    ['a part of a list of values', [rule('a', '{ trunk: [x, y] }'), rule('b', '{ trunk: y }')]],
    [
      'a number within a prefix',
      [
        rule('a', '{ caller: { number: "+1317*" } }'),
        rule('b', '{ caller: { number: "+13175550120..+13175550129" } }'),
      ],
    ],
    [
      'a list among several',
      [rule('a', '{ caller: { in: [staff, blocked] } }'), rule('b', '{ caller: { in: blocked } }')],
    ],
    [
      'more calls than enough',
      [
        rule('a', '{ history: { calls: { over: 4, within: 1h } } }'),
        rule('b', '{ history: { calls: { over: 8, within: 1h } } }'),
      ],
    ],
    [
      'a shift within the day',
      [
        rule('a', '{ time: { hours: 08:00-17:00, zone: UTC } }'),
        rule('b', '{ time: { hours: 09:00-10:00, weekday: mon, zone: UTC } }'),
      ],
    ],
    [
      'two rules together',
      [
        rule('a', '{ verification: { not: passed } }'),
        rule('a2', '{ verification: passed }'),
        rule('b', '{ trunk: x }'),
      ],
    ],
    [
      'a monitor rule that is never counted',
      [rule('a', '{ trunk: x }'), rule('b', '{ trunk: x }', ', mode: monitor')],
    ],
  ])('%s', (_what, rules) => {
    expect(codesOf(rules.join(''))).toEqual(['unreachable-rule b']);
  });

  it('names the rule above that is enough', () => {
    const { problems } = compileRules(rule('a', '{ trunk: x }') + rule('b', '{ trunk: x }'));
    expect(problems[0]).toMatchObject({
      line: 9,
      message: 'the rule "b" can never match: "a" above it decides every call that it asks for',
      remedy: 'move it above "a" (line 8), or take one of them away',
    });
  });
});

describe('no claim where there is a call', () => {
  it.each<[string, string[]]>([
    [
      'a monitor rule above decides nothing',
      [rule('a', '{ trunk: x }', ', mode: monitor'), rule('b', '{ trunk: x }')],
    ],
    [
      'a rule above that will expire',
      [rule('a', '{ trunk: x }', ', expires: 2031-01-01'), rule('b', '{ trunk: x }')],
    ],
    [
      'an overlap',
      [rule('a', '{ caller: { number: "+1317*" } }'), rule('b', '{ caller: { region: [317, 463] } }')],
    ],
    [
      'not known is neither',
      [
        rule('a', '{ history: { has-pass: true } }'),
        rule('a2', '{ history: { has-pass: false } }'),
        rule('b', '{ caller: { country: US } }'),
      ],
    ],
    [
      'a day of the year',
      [
        rule('a', '{ time: { date: 2026-12-24, zone: UTC } }'),
        rule('b', '{ time: { hours: 08:00-09:00, zone: UTC } }'),
      ],
    ],
    [
      'another time zone',
      [
        rule('a', '{ time: { weekday: mon, zone: UTC } }'),
        rule('b', '{ time: { weekday: mon, zone: Asia/Tokyo } }'),
      ],
    ],
    [
      'fewer calls in a longer window',
      [
        rule('a', '{ history: { calls: { over: 4, within: 1h } } }'),
        rule('b', '{ history: { calls: { over: 4, within: 24h } } }'),
      ],
    ],
  ])('%s', (_what, rules) => {
    expect(codesOf(rules.join(''))).toEqual([]);
  });

  it('the last rule may have nothing left to do', () => {
    const rules =
      rule('a', '{ caller: { is: [withheld, unavailable, malformed] } }') +
      rule('b', '{ not: { caller: { is: [withheld, unavailable, malformed] } } }');
    expect(codesOf(rules)).toEqual([]);
  });
});

it('a thousand rules are proven in a moment', () => {
  const rules = Array.from({ length: 1000 }, (_, i) =>
    rule(
      `r${i}`,
      i % 2 ? `{ trunk: t${i}, verification: failed }` : `{ caller: { number: "+1317555${1000 + i}" } }`,
    ),
  );
  expect(processorMs(() => expect(codesOf(rules.join(''))).toEqual([]))).toBeLessThan(8000);
});
