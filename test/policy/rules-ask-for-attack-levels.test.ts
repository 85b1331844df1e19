import { describe, expect, it } from 'vitest';
import { missingFacts, rulesThatMayLackFacts } from '../../src/backtest/missing-facts.ts';
import type { LevelFacts, SiteFacts } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import { explained } from '../../src/policy/explanation.ts';
import { callFrom, compileRules, policyAsking } from './policy-fixture.ts';

const lists = { 'billing.txt': '+13175550100\n', 'ward.txt': '+13175550101\n' };
const asks = (when: string, site?: SiteFacts) =>
  decide(callFrom('+12025550143', site === undefined ? {} : { site }), policyAsking(when, lists)).rule ===
  'asked';

describe('a level', () => {
  it.each<[string, LevelFacts, boolean]>([
    ['{ at-least: elevated }', {}, false],
    ['{ at-least: elevated }', { board: 'elevated' }, true],
    ['{ at-least: attack }', { board: 'elevated', departments: { billing: 'attack' } }, true],
    ['{ at-least: attack, of: board }', { board: 'elevated', called: 'attack' }, false],
    ['{ at-least: elevated, of: board }', { board: 'attack' }, true],
    ['{ at-least: elevated, of: called-number }', { called: 'elevated' }, true],
    ['{ at-least: elevated, of: called-number }', { board: 'attack' }, false],
    ['{ at-least: elevated, of: department }', { departments: { ward: 'elevated' } }, true],
    ['{ at-least: elevated, of: department }', { called: 'attack' }, false],
    ['{ at-least: elevated, of: billing }', { departments: { ward: 'attack' } }, false],
    ['{ at-least: elevated, of: billing }', { departments: { billing: 'attack' } }, true],
  ])('%s while %j: %s', (level, levels, holds) => {
    expect(asks(`{ level: ${level} }`, { levels })).toBe(holds);
    expect(asks(`{ not: { level: ${level} } }`, { levels })).toBe(!holds);
  });

  it('that nobody knew is neither so nor not so', () => {
    for (const site of [undefined, {}, { closed: ['x'] }])
      for (const when of ['{ level: { at-least: elevated } }', '{ call-back-surge: false }']) {
        expect(asks(when, site)).toBe(false);
        expect(asks(`{ not: ${when} }`, site)).toBe(false);
      }
    const policy = policyAsking('{ level: { at-least: attack } }');
    const facts = callFrom('+12025550143');
    expect(missingFacts(facts, policy, 'everyone-else', rulesThatMayLackFacts(policy))).toEqual([
      {
        rule: 'asked',
        question: 'level at least attack',
        why: 'attack levels were not known when the call came',
      },
    ]);
  });

  it.each([
    ['{ at-least: calm }', 'at-least cannot be "calm"'],
    ['{ of: board }', 'at-least is missing'],
    ['{ at-least: attack, of: biling }', 'there is no list "biling"'],
    ['{ at-least: attack, of: Board }', 'of cannot be "Board"'],
    ['attack', 'level must be keys and values'],
  ])('%s is refused', (level, says) => {
    const { policy, problems } = compileRules(
      `  - { id: a, when: { level: ${level} }, then: connect }\n`,
      lists,
    );
    expect(policy).toBeNull();
    expect(problems.map(({ message }) => message).join('\n')).toContain(says);
  });

  it('makes a department of each list that rules name for called numbers', () => {
    const policy = policyAsking(
      '{ any: [{ level: { at-least: attack, of: ward } }, { called: { in: billing } }] }',
      lists,
    );
    expect(policy.departments.toSorted()).toEqual(['billing', 'ward']);
  });

  it('is explained in words', () => {
    const policy = policyAsking('{ level: { at-least: attack, of: board } }');
    const facts = callFrom('+12025550143', { site: { levels: { board: 'attack' } } });
    const { trace } = explained(facts, decide(facts, policy), policy);
    expect(trace.at(-1)?.because).toBe('level of board at least attack: yes');
  });
});

describe('the proofs know how levels hang together', () => {
  it.each([
    ['{ at-least: elevated }', '{ at-least: attack }'],
    ['{ at-least: elevated }', '{ at-least: elevated, of: billing }'],
    ['{ at-least: elevated, of: department }', '{ at-least: attack, of: billing }'],
  ])('after %s no call comes to %s', (first, second) => {
    const rules = `  - { id: a, when: { level: ${first} }, then: voicemail }\n  - { id: b, when: { level: ${second} }, then: connect }\n`;
    expect(compileRules(rules, lists).problems.map(({ code }) => code)).toContain('unreachable-rule');
  });
  it.each([
    ['{ at-least: attack }', '{ at-least: elevated }'],
    ['{ at-least: elevated, of: board }', '{ at-least: elevated, of: called-number }'],
    ['{ at-least: elevated, of: billing }', '{ at-least: elevated, of: ward }'],
  ])('after %s some come to %s', (first, second) => {
    const rules = `  - { id: a, when: { level: ${first} }, then: voicemail }\n  - { id: b, when: { level: ${second} }, then: connect }\n`;
    expect(compileRules(rules, lists).problems).toEqual([]);
  });
});

it('limits that cannot be meant are refused', () => {
  const { problems } = compileRules(
    '  - { id: a, when: { level: { at-least: attack } }, then: { challenge: { kind: press-1, prompt: forged } } }\n',
  );
  expect(problems.map(({ message }) => message)).toContain('there is no prompt "forged"');
});
