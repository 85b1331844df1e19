import { describe, expect, it } from 'vitest';
import { calledFacts, callerFacts, type Region, toE164 } from '../../src/numbers/phone-number.ts';

const writings: [string, Region, string | null][] = [
  ['+13175550123', 'US', '+13175550123'],
  ['13175550123', 'US', '+13175550123'],
  ['3175550123', 'US', '+13175550123'],
  ['0013175550123', 'US', '+13175550123'],
  ['01113175550123', 'US', '+13175550123'],
  ['(317) 555-0123', 'US', '+13175550123'],
  ['317.555.0123', 'US', '+13175550123'],
  ['317‑555‑0123', 'US', '+13175550123'],
  ['  +1 317 555 0123 ', 'US', '+13175550123'],
  ['tel:+1-317-555-0123', 'US', '+13175550123'],
  ['+13175550123;npdi=yes', 'US', '+13175550123'],
  ['317 555 0123 x12', 'US', '+13175550123'],
  ['13175550123', 'GB', '+13175550123'],
  ['0013175550123', 'DE', '+13175550123'],
  ['442079460123', 'US', '+442079460123'],
  ['00442079460123', 'US', '+442079460123'],
  ['011442079460123', 'US', '+442079460123'],
  ['020 7946 0123', 'GB', '+442079460123'],
  ['442079460123', 'GB', '+442079460123'],
  // Possible, though nobody has it: a number all the same, and a condition can ask for its validity.
  ['0000000000', 'US', '+10000000000'],
  // Ten digits are national in North America, also where they would be valid somewhere else.
  ['4930123456', 'US', '+14930123456'],
  ['911', 'US', null],
  ['4100', 'US', null],
  ['5550123', 'US', null],
  ['+1317555012', 'US', null],
  ['++13175550123', 'US', null],
  ['99999999999999999999', 'US', null],
  ['1-800-FLOWERS', 'US', null],
  ['3175550123@evil.example', 'US', null],
  ["0' OR 1=1; --", 'US', null],
  ['s', 'US', null],
  ['+', 'US', null],
  ['', 'US', null],
  ['1'.repeat(5000), 'US', null],
];

describe('any writing of a number gives the same E.164', () => {
  it.each(writings)('%s in %s is %s', (written, region, expected) => {
    expect(toE164(written, region)).toBe(expected);
  });
});

describe('why a caller has no number', () => {
  it.each([
    ['+13175550123', 'prohib_passed_screen', 'withheld'],
    ['', 'prohib', 'withheld'],
    ['anonymous', 'allowed', 'withheld'],
    ['Restricted', 'allowed', 'withheld'],
    ['PRIVATE', 'allowed_not_screened', 'withheld'],
    ['+13175550123', 'unavailable', 'unavailable'],
    ['', 'allowed_not_screened', 'unavailable'],
    ['   ', 'allowed', 'unavailable'],
    ['unknown', 'allowed', 'unavailable'],
    ['Unavailable', 'allowed', 'unavailable'],
    ['12', 'allowed', 'malformed'],
    ['${SHELL(rm -rf /)}', 'allowed', 'malformed'],
    ['+999999999', 'allowed', 'malformed'],
  ])('%s with presentation %s is %s', (raw, presentation, reason) => {
    expect(callerFacts(raw, presentation, '', 'US')).toEqual({ number: null, reason, raw, displayName: '' });
  });

  it('keeps what was sent within its bounds, and cuts between characters', () => {
    const facts = callerFacts(`${'9'.repeat(63)}😀`, 'allowed', `${'😀'.repeat(200)}`, 'US');
    expect(facts.raw).toHaveLength(64);
    expect(facts.raw.isWellFormed()).toBe(true);
    expect(facts.displayName).toBe('😀'.repeat(120));
  });
});

it('a dialed extension is no public number', () => {
  expect(calledFacts('4100', 'US')).toEqual({ number: null, raw: '4100' });
  expect(calledFacts('3175550100', 'US')).toEqual({ number: '+13175550100', raw: '3175550100' });
});
