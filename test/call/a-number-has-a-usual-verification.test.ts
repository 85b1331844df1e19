import { expect, it } from 'vitest';
import type { Verification, VerifiedCalls } from '../../src/call/facts.ts';
import {
  isWeaker,
  type UsualVerification,
  usualVerification,
  usualWords,
} from '../../src/call/usual-verification.ts';
import { sampleFacts } from '../fakes/sample-outcome.ts';

function factsWith(state: string) {
  const [result, attestation = null] = state.split('-');
  const verification = { result, attestation, signer: null, origid: null, source: null } as Verification;
  return sampleFacts('n1/1', { verification });
}

it.each<[string, VerifiedCalls, UsualVerification | null]>([
  ['no calls', {}, null],
  ['four calls are too few', { A: 4 }, null],
  ['five are enough', { A: 5 }, { is: 'A', calls: 5, of: 5 }],
  ['41 of 43', { A: 41, none: 2 }, { is: 'A', calls: 41, of: 43 }],
  ['nine of ten', { A: 9, none: 1 }, { is: 'A', calls: 9, of: 10 }],
  ['eight of ten are not usual', { A: 8, none: 2 }, null],
  ['A and B together are B or better', { A: 5, B: 5 }, { is: 'B', calls: 10, of: 10 }],
  ['C, and what has no letter, is signed', { A: 2, C: 4, signed: 4 }, { is: 'signed', calls: 10, of: 10 }],
  ['unsigned is nothing to be weaker than', { none: 50 }, null],
])('%s', (_what, verified, usual) => {
  expect(usualVerification(verified)).toEqual(usual);
});

it.each<[UsualVerification['is'], string, boolean]>([
  ['A', 'passed-A', false],
  ['A', 'passed-B', true],
  ['A', 'passed-C', true],
  ['A', 'passed', false],
  ['A', 'none', true],
  ['A', 'failed', true],
  ['B', 'passed-A', false],
  ['B', 'passed-B', false],
  ['B', 'passed-C', true],
  ['B', 'passed', false],
  ['B', 'none', true],
  ['signed', 'passed-C', false],
  ['signed', 'passed', false],
  ['signed', 'none', true],
  ['signed', 'failed', true],
])('usually %s, now %s: weaker is %s', (is, now, weaker) => {
  expect(isWeaker(factsWith(now), { is, calls: 9, of: 9 })).toBe(weaker);
});

it('in words', () => {
  expect(usualWords(factsWith('none'), { is: 'A', calls: 41, of: 43 })).toBe(
    'usually A, 41 of 43 calls; now none',
  );
  expect(usualWords(factsWith('failed'), { is: 'B', calls: 9, of: 9 })).toBe(
    'usually B or A, 9 of 9 calls; now failed',
  );
});
