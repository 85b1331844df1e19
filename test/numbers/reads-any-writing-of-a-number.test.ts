import { describe, expect, it } from 'vitest';
import { calledFacts, callerFacts } from '../../src/numbers/phone-number.ts';
import { carrierE164, type Region, toE164 } from '../../src/numbers/read-number.ts';

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
  ['0013175550123', 'DE', '+13175550123'],
  ['00442079460123', 'US', '+442079460123'],
  ['011442079460123', 'US', '+442079460123'],
  ['020 7946 0123', 'GB', '+442079460123'],
  ['442079460123', 'GB', '+442079460123'],
  ['\u202a+1 317 555 0123\u202c', 'US', '+13175550123'],
  ['\ufeff3175550123\u200b', 'US', '+13175550123'],
  ['３１７５５５０１２３', 'US', '+13175550123'],
  ["'3175550123", 'US', '+13175550123'],
  ['3175550180.0', 'US', '+13175550180'],
  ['13175550180.00', 'US', '+13175550180'],
  ['+15655550123', 'US', '+15655550123'],
  ['491711234567', 'DE', '+491711234567'],
  ['01711234567', 'DE', '+491711234567'],
  ['1711234567', 'DE', '+491711234567'],
  ['+49 (0)30 1234567', 'US', '+49301234567'],
  ['030 / 123 45 67', 'DE', '+49301234567'],
  ['01.23.45.67.89', 'FR', '+33123456789'],
  ['01-23-45-67-89', 'FR', '+33123456789'],
  ['+33 (0)1 23 45 67 89', 'US', '+33123456789'],
  ['044 668 18 00', 'CH', '+41446681800'],
  ['0475 12 34 56', 'BE', '+32475123456'],
  ['32 12 34 56', 'DK', '+4532123456'],
  ['98 76 54 32', 'NO', '+4798765432'],
  ['91 23 45 67', 'NO', '+4791234567'],
  ['33123456789', 'FR', '+33123456789'],
  ['612345678', 'ES', '+34612345678'],
  ['34612345678', 'ES', '+34612345678'],
  ['0011442079460123', 'AU', '+442079460123'],
  ['+5215555550123', 'US', '+525555550123'],
  ['5555550123', 'MX', '+525555550123'],
  ['+55 11 8765-4321', 'US', '+5511987654321'],
  ['+55 11 98765-4321', 'US', '+5511987654321'],
];

/** Each was, or could be taken for, another number. */
const noNumbers: [string, Region][] = [
  ['317 555 0123 x12', 'US'],
  ['317-555-0123 ext. 4', 'US'],
  ['3175550180.5', 'US'],
  ['317555018.0', 'US'],
  ['1317555018.0', 'US'],
  ['3.17555018E+09', 'US'],
  ['9-317-555-0144', 'US'],
  ['93175550144', 'US'],
  ['92125550883', 'US'],
  ['912125550883', 'US'],
  ['0612345678', 'US'],
  ['0000000000', 'US'],
  ['4930123456', 'US'],
  ['+1 311 555 0123', 'US'],
  ['+1 317 155 0123', 'US'],
  ['31755501801', 'US'],
  ['442079460123', 'US'],
  ['13175550123', 'GB'],
  ['3175550100-3175550199', 'US'],
  ['3175550100-01', 'US'],
  ['317-555-0123-4', 'US'],
  ['3175550123/4', 'US'],
  ['+49 30 1234567/8', 'DE'],
  ['030 1234567-8', 'DE'],
  ['3175550123, 3175550124', 'US'],
  ['3175550123 3175550124', 'US'],
  ['$3175550123', 'US'],
  ['3175550123 (mobile)', 'US'],
  ['+1+3175550123', 'US'],
];

const others: [string, Region, null][] = [
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

it.each(noNumbers)('%s in %s is no number', (written, region) => {
  expect(toE164(written, region)).toBeNull();
});

it.each(others)('%s in %s is no number', (written, region) => {
  expect(toE164(written, region)).toBeNull();
  expect(carrierE164(written, region)).toBeNull();
});

it.each([
  ['442079460123', 'US', '+442079460123'],
  ['33123456789', 'US', '+33123456789'],
  ['13175550123', 'GB', '+13175550123'],
  // As well an outside line and a national number.
  ['92125550883', 'US', null],
  ['912125550883', 'US', null],
  ['919876543210', 'US', '+919876543210'],
  // Only bare digits are E.164 without its plus.
  ['9-317-555-0144', 'US', null],
  ['44 20 7946 0123', 'US', null],
] as const)('a carrier’s %s in %s is %s', (written, region, expected) => {
  expect(carrierE164(written, region)).toBe(expected);
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
    ['+99999', 'allowed', 'malformed'],
    ['+999999999', 'allowed', 'unavailable'],
    ['0000000000', 'allowed', 'unavailable'],
    ['+10000000000', 'allowed', 'unavailable'],
    ['1111111111', 'allowed', 'unavailable'],
    ['+1 777 777 7777', 'allowed', 'unavailable'],
    ['+266696687', 'allowed', 'withheld'],
    ['266696687', 'allowed', 'withheld'],
    ['+17378742833', 'allowed', 'withheld'],
    ['86282452253', 'allowed', 'unavailable'],
    ['8656696', 'allowed', 'unavailable'],
    ['Out-Of-Area', 'allowed', 'unavailable'],
    ['Private%20Number', 'allowed', 'withheld'],
    ['NUMBER WITHHELD', 'allowed', 'withheld'],
    ['No Caller ID', 'allowed', 'withheld'],
    ['not_provided', 'allowed', 'unavailable'],
    ['Unterdrückt', 'allowed', 'withheld'],
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
