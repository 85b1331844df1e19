import { describe, expect, it } from 'vitest';
import type { SiteFacts } from '../../src/call/facts.ts';
import type { CompileResult } from '../../src/policy/compile/compile.ts';
import { decide } from '../../src/policy/decide.ts';
import {
  callFrom,
  compileFiles,
  compileRules,
  policyAsking,
  policyOf,
  shippedPrompts,
} from './policy-fixture.ts';

const head = `settings:
  default-region: US
  own-numbers: '+13175550100..+13175550109'
  language: en
  voicemail-box: general
  time-zone: UTC
calendars:
  office: { open: [{ weekday: mon-fri, hours: 08:00-17:00 }] }
  lab: { open: [{}] }
rules:
`;
const rules = `
  - { id: snow, when: { closed-today: office, time: { hours: 06:00-20:00 } }, then: { voicemail: { box: snow } } }
  - { id: lab, when: { called: { number: '+13175550109' }, time: { calendar: lab } }, then: { connect: { exit: lab } } }
  - { id: day, when: { time: { calendar: office } }, then: connect }
  - { id: night, then: voicemail }
`;

function compiled(written: string, cases = ''): CompileResult {
  const { problems, ...rest } = compileFiles({
    'policy.yaml': head + written,
    'prompts.yaml': shippedPrompts,
    ...(cases && { 'cases/a.yaml': `cases:\n${cases}` }),
  });
  return { ...rest, problems: problems.filter(({ code }) => !/^(unchecked|similar|unused)-/.test(code)) };
}

const codes = (written: string) => compiled(written).problems.map(({ code }) => code);

/** Rule that decides a call at noon of a Thursday, unless said otherwise. */
function ruleOf(site: SiteFacts | undefined, hour = 12, to = '+13175550100'): string {
  const facts = callFrom('+12025550143', {
    now: Date.UTC(2026, 2, 12, hour),
    called: { number: to, raw: to },
    ...(site && { site }),
  });
  return decide(facts, policyOf(compiled(rules))).rule;
}

it.each<[SiteFacts | undefined, number, string]>([
  [undefined, 12, 'day'],
  [{}, 12, 'day'],
  [{ closed: ['office'] }, 12, 'snow'],
  [{ closed: ['*'] }, 12, 'snow'],
  [{ closed: ['lab'] }, 12, 'day'],
  [{ closed: ['lab', 'office'] }, 12, 'snow'],
  [{ closed: ['office'] }, 21, 'night'],
  [{ closed: ['gone-meanwhile'] }, 12, 'day'],
])('%j at %d: %s', (site, hour, rule) => {
  expect(ruleOf(site, hour)).toBe(rule);
});

it('a closed calendar is not open, also around the clock; the others are', () => {
  expect(ruleOf({}, 3, '+13175550109')).toBe('lab');
  expect(ruleOf({ closed: ['office'] }, 3, '+13175550109')).toBe('lab');
  expect(ruleOf({ closed: ['lab'] }, 3, '+13175550109')).toBe('night');
  expect(ruleOf({ closed: ['*'] }, 3, '+13175550109')).toBe('night');
});

it('the trace says that a person closed it', () => {
  const facts = callFrom('+12025550143', { now: Date.UTC(2026, 2, 12, 21), site: { closed: ['*'] } });
  const because = decide(facts, policyOf(compiled(rules))).trace.find(({ rule }) => rule === 'day')?.because;
  expect(because).toBe('time is within office: no (closed by hand)');
});

it.each<[string, SiteFacts | undefined, boolean]>([
  ['true', undefined, false],
  ['true', {}, false],
  ['true', { closed: ['lab'] }, true],
  ['false', undefined, true],
  ['false', { closed: ['*'] }, false],
])('closed-today: %s on %j: %s', (written, site, holds) => {
  const policy = policyAsking(`{ closed-today: ${written} }`);
  expect(decide(callFrom('+12025550143', site ? { site } : {}), policy).rule === 'asked').toBe(holds);
});

describe('what the proofs know of it', () => {
  const everyone = '  - { id: everyone, then: voicemail }\n';
  it.each<[string, string, string]>([
    [
      'open and closed at once',
      '  - { id: a, when: { closed-today: office, time: { calendar: office } }, then: voicemail }\n',
      'contradiction',
    ],
    [
      'closed, and nothing is',
      '  - { id: a, when: { all: [{ closed-today: office }, { closed-today: false }] }, then: voicemail }\n',
      'contradiction',
    ],
    [
      'a rule below that no closed day leaves anything for',
      '  - { id: a, when: { closed-today: true }, then: voicemail }\n  - { id: b, when: { closed-today: lab }, then: connect }\n',
      'unreachable-rule',
    ],
    [
      'an unknown calendar',
      '  - { id: a, when: { closed-today: ofice }, then: voicemail }\n',
      'unknown-calendar',
    ],
    [
      'a snow day that turns everybody away',
      '  - { id: a, when: { closed-today: true }, then: { reject: { reason: Snow } } }\n',
      'dead-end',
    ],
    [
      'one that does so by not being open',
      '  - { id: a, when: { not: { time: { calendar: lab } } }, then: { reject: { reason: Snow } } }\n',
      'dead-end',
    ],
    ['not a calendar', '  - { id: a, when: { closed-today: 12:00 }, then: voicemail }\n', 'bad-value'],
    ['nothing', '  - { id: a, when: { closed-today: [] }, then: voicemail }\n', 'bad-value'],
  ])('%s', (_, written, code) => {
    const found = codes(written + everyone);
    expect(found.length).toBeGreaterThan(0);
    if (code !== 'bad-value') expect(found).toContain(code);
  });

  it('a calendar around the clock can be closed, so that the rule below it can match', () => {
    expect(
      codes(
        '  - { id: a, when: { time: { calendar: lab } }, then: connect }\n  - { id: b, when: { caller: { type: mobile } }, then: voicemail }\n' +
          everyone,
      ),
    ).toEqual([]);
  });
});

describe('cases', () => {
  const one = (call: string, want: string) =>
    compiled(rules, `  - { case: it, call: ${call}, want: ${want} }\n`).problems.map(
      ({ message }) => message,
    );
  it.each([
    ['{ from: 2025550143 }', '{ rule: day }'],
    ['{ from: 2025550143, closed: office }', '{ rule: snow }'],
    ['{ from: 2025550143, closed: true }', '{ rule: snow }'],
    ['{ from: 2025550143, closed: [lab] }', '{ rule: day }'],
    ['{ from: 2025550143, closed: true, at: 2026-03-12T23:00 }', '{ rule: night }'],
  ])('%s: %s', (call, want) => {
    expect(one(call, want)).toEqual([]);
  });
  it('an unknown calendar is named', () => {
    expect(one('{ from: 2025550143, closed: ofice }', '{ rule: day }')).toEqual([
      'the case "it" fails: there is no calendar "ofice"; did you mean "office"? calendars: office, lab',
    ]);
  });
});

it('a rule may ask for it without any calendar', () => {
  expect(compileRules('  - { id: a, when: { closed-today: true }, then: voicemail }').problems).toEqual([]);
});
