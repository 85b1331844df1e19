import { describe, expect, it } from 'vitest';
import { parseCallerPattern } from '../../src/numbers/number-pattern.ts';
import { calledFacts, callerFacts } from '../../src/numbers/phone-number.ts';
import { carrierE164, type Region, toE164 } from '../../src/numbers/read-number.ts';
import { packNumber, unpackNumber } from '../../src/numbers/short-code.ts';
import {
  carrierWritings,
  noNumbers,
  noNumberWritings,
  shortCodes,
  writings,
} from '../field/number-writings.ts';

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

it.each(shortCodes)('%s in %s as a short code is %s', (written, region, code) => {
  const result = parseCallerPattern(written, region);
  if (code === null) expect(result).toHaveProperty('message');
  else expect(result).toEqual({ pattern: { kind: 'exact', number: code } });
  expect(toE164(written, region)).toBeNull();
});

it('short codes and numbers are packed apart, and unpacked as they were', () => {
  const all = [
    '911',
    '000',
    '0911',
    '15',
    '24273',
    '317555',
    '999999',
    '+13175550123',
    '+491234',
    '+4312345',
  ];
  const packed = all.map(packNumber);
  expect(new Set(packed).size).toBe(all.length);
  expect(packed.map(unpackNumber)).toEqual(all);
  for (const none of ['', '+', '1234567', '+1911', '+191112', '91a', '+12345678901234567'])
    expect(packNumber(none)).toBeNaN();
});

it.each(carrierWritings)('a carrier’s %s in %s is %s', (written, region, expected) => {
  expect(carrierE164(written, region)).toBe(expected);
});

describe('why a caller has no number', () => {
  it.each(noNumberWritings)('%s with presentation %s is %s', (raw, presentation, reason) => {
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
