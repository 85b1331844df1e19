import { expect, it } from 'vitest';
import { emergencyNumbersOf, isEmergencyNumber } from '../../src/numbers/emergency-numbers.ts';
import type { Region } from '../../src/numbers/phone-number.ts';
import { decide } from '../../src/policy/decide.ts';
import { callFrom, compileRules, noon, policyAsking } from './policy-fixture.ts';

const minute = 60_000;

it.each<[string, number | undefined, boolean]>([
  ['30m', 1, true],
  ['30m', 29.9, true],
  ['30m', 30, false],
  ['30m', undefined, false],
  ['30m', -0.1, true],
  ['1m', 0.5, true],
  ['1m', 1.5, false],
  ['1h30m', 89, true],
  ['24h', 1439, true],
])('within %s, dialed %s min ago: %s', (within, ago, holds) => {
  const policy = policyAsking(`{ emergency-dialed: { within: ${within} } }`);
  const site = ago === undefined ? {} : { emergencyDialedAt: noon - ago * minute };
  expect(decide(callFrom('+12025550143', { site }), policy).rule === 'asked').toBe(holds);
});

it('nobody knows what was dialed: neither the condition nor its not holds', () => {
  for (const when of [
    '{ emergency-dialed: { within: 1h } }',
    '{ not: { emergency-dialed: { within: 1h } } }',
  ])
    expect(decide(callFrom('+12025550143'), policyAsking(when)).rule).toBe('everyone-else');
});

it.each(['0m', '25h', '1d1m', '30', '30s', 'soon'])('within: %s is refused', (within) => {
  const { policy } = compileRules(
    `  - { id: a, when: { emergency-dialed: { within: ${within} } }, then: connect }\n`,
  );
  expect(policy).toBeNull();
});

it.each([
  ['1h', '30m', 'unreachable-rule'],
  ['30m', '1h', null],
])('a window of %s above one of %s', (first, second, code) => {
  const rule = (id: string, within: string) =>
    `  - { id: ${id}, when: { emergency-dialed: { within: ${within} } }, then: connect }\n`;
  const { problems } = compileRules(rule('a', first) + rule('b', second));
  expect(problems.map((one) => one.code)).toEqual(code === null ? [] : [code]);
});

it.each<[string, Region, boolean]>([
  ['911', 'US', true],
  ['9911', 'US', true],
  ['112', 'US', true],
  ['911', 'CA', true],
  ['999', 'US', false],
  ['411', 'US', false],
  ['91', 'US', false],
  ['9112', 'US', true],
  ['9113', 'US', false],
  ['+911', 'US', true],
  ['999', 'GB', true],
  ['9999', 'GB', true],
  ['112', 'DE', true],
  ['110', 'DE', true],
  ['0110', 'DE', true],
  ['15', 'FR', true],
  ['015', 'FR', false],
  ['000', 'AU', true],
  ['111', 'NZ', true],
  ['2911', 'US', false],
])('%s in %s: %s', (dialed, region, is) => {
  expect(isEmergencyNumber(dialed, emergencyNumbersOf(region))).toBe(is);
});
