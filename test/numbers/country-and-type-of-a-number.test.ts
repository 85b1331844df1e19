import { expect, it } from 'vitest';
import { numberTraits } from '../../src/numbers/number-traits.ts';

it.each([
  ['+13172222222', 'US', 'fixed-line-or-mobile', true],
  ['+18005550199', 'US', 'toll-free', true],
  ['+14165550123', 'CA', 'fixed-line-or-mobile', true],
  ['+447400123456', 'GB', 'mobile', true],
  ['+4930123456', 'DE', 'fixed-line', true],
  ['+33699123456', 'FR', 'mobile', true],
  ['+80012345678', null, 'toll-free', true],
  ['+11175550123', null, null, false],
])('%s: country %s, type %s, valid %s', (number, country, type, valid) => {
  expect(numberTraits(number)).toMatchObject({ country, type, valid });
});

it.each(['', '+', '+1', '+0123456789', '+1x175550100'])('%j is not a phone number', (text) => {
  expect(numberTraits(text)).toBeNull();
});
