import { expect, it } from 'vitest';
import type { CallFacts, Signals } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import { callFrom, compileRules, passed, policyAsking } from './policy-fixture.ts';

const own = '+13175550103';

function asked(when: string, facts: CallFacts) {
  const decision = decide(facts, policyAsking(when));
  return { matches: decision.rule === 'asked', because: decision.trace[0]?.because ?? '' };
}

const calling = (number: string, signals?: Signals) => callFrom(number, signals && { signals });

it.each<[string, CallFacts, boolean, boolean]>([
  ['no call of ours shows it', calling(own, { ownCallOut: false }), true, false],
  ['a call of ours shows it', calling(own, { ownCallOut: true }), false, true],
  ['nobody says', calling(own), false, false],
  ['it is none of our numbers', calling('+12025550143'), false, true],
  [
    'it is none of our numbers, whatever is said',
    calling('+12025550143', { ownCallOut: false }),
    false,
    true,
  ],
  ['it is withheld', calling('anonymous', { ownCallOut: false }), false, true],
  [
    'a carrier signed it A all the same',
    callFrom(own, { signals: { ownCallOut: false }, verification: passed('A') }),
    true,
    false,
  ],
])('%s', (_what, facts, forged, genuine) => {
  expect(asked('{ caller: { alibi: true } }', facts).matches).toBe(forged);
  expect(asked('{ not: { caller: { alibi: true } } }', facts).matches).toBe(genuine);
  expect(asked('{ caller: { alibi: false } }', facts).matches).toBe(genuine);
  expect(asked('{ not: { caller: { alibi: false } } }', facts).matches).toBe(forged);
});

it('the trace says why it is not known', () => {
  expect(asked('{ caller: { alibi: true } }', calling(own)).because).toContain(
    'not known (it is not known which calls of ours are in progress)',
  );
});

it('a rejection by it is refused: a forged number of ours stands on no block list', () => {
  const { problems } = compileRules(`  - id: forged
    when: { caller: { alibi: true } }
    then: { reject: { reason: forged } }
`);
  expect(problems).toMatchObject([{ code: 'dead-end', message: expect.stringContaining('+13175550100') }]);
});

it('below a rule for all of our numbers it never matches', () => {
  const { problems } = compileRules(`  - { id: own, when: { caller: { is: own-number } }, then: connect }
  - { id: forged, when: { caller: { alibi: true } }, then: voicemail }
`);
  expect(problems.map(({ code }) => code)).toEqual(['unreachable-rule']);
});
