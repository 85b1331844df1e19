import { describe, expect, it } from 'vitest';
import { statements, type Trunk, unnamedTrunk } from '../../../src/call/trunk.ts';
import { callFactsFromEntry } from '../../../src/screening/entry/call-facts.ts';
import { parseEntryArgs } from '../../../src/screening/entry/entry-args.ts';
import { verificationFromEntry } from '../../../src/screening/entry/read-verification.ts';

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const passport = (tn: unknown, origid: string | null = '5c8d0c80-2b3a-4f7e-9a55-3a3f2d7a1b11') =>
  `${part({ alg: 'ES256', ppt: 'shaken', x5u: 'https://cert.example/a.pem' })}.${part({ attest: 'A', orig: { tn }, ...(origid && { origid }) })}.c2ln`;

function read(num: string, ssr: string, ssi: string, trunk: Trunk = unnamedTrunk('US'), more = {}) {
  const fields = { ...parseEntryArgs([]), num, pres: 'allowed', hok: '1', ssr, ssa: 'A', ssi, ...more };
  const context = { node: 'n', channelId: '1.1', receivedAt: 1_772_463_600_000, trunkOf: () => trunk };
  const { result, attestation } = callFactsFromEntry(fields, context).verification;
  return attestation === null ? result : `${result}-${attestation}`;
}

const mismatch = 'cid_orig_tn_mismatch';

// RFC 8225 §5.2.1: orig.tn is the E.164 number without its plus; signers write it otherwise, too.
it.each([
  ['3175550121', '13175550121', 'passed-A'],
  ['+1 (317) 555-0121', '13175550121', 'passed-A'],
  ['0013175550121', '13175550121', 'passed-A'],
  ['+13175550121', '+13175550121', 'passed-A'],
  ['13175550121', '3175550121', 'passed-A'],
  ['+13175550121;npdi', '13175550121', 'passed-A'],
  ['+13175550121', '13175550122', 'failed'],
  ['3175550121', '3175550121', 'passed-A'],
  ['+443175550121', '13175550121', 'failed'],
  ['+13175550121', '', 'failed'],
  ['+13175550121', 13175550121, 'failed'],
  ['+13175550121', null, 'failed'],
  ['sales', '13175550121', 'failed'],
  ['', '13175550121', 'failed'],
])('a caller %s, signed as %s, that Asterisk calls a mismatch is %s', (num, tn, result) => {
  expect(read(num, mismatch, passport(tn))).toBe(result);
});

it('a mismatch whose claims cannot be read, or that lack the origid which Asterisk checks last, stays a failure', () => {
  expect(read('3175550121', mismatch, 'not-a-token')).toBe('failed');
  expect(read('3175550121', mismatch, passport('13175550121', null))).toBe('failed');
});

it('a valid signature of another number than the one that the trunk names as the caller is a failure', () => {
  const from: Trunk = { ...unnamedTrunk('US'), caller: 'from' };
  const more = { from: '<sip:+13175550120@h>', pai: '<sip:+12125550199@h>' };
  expect(read('+12125550199', 'success', passport('12125550199'), from, more)).toBe('failed');
  const pai: Trunk = { ...unnamedTrunk('US'), caller: 'pai' };
  expect(read('+13175550120', mismatch, passport('12125550199'), pai, more)).toBe('passed-A');
});

describe('a header that was cut', () => {
  const believing: Trunk = { ...unnamedTrunk('US'), believes: new Set(statements) };
  const said = (fields: object, trunk = believing) =>
    verificationFromEntry({ ...parseEntryArgs([]), pres: 'allowed', hok: '1', ...fields }, trunk, {
      caller: '+13175550121',
      called: null,
      now: 0,
    }).result;
  const passed = '<sip:+13175550121;verstat=TN-Validation-Passed-A@h>';

  it.each([
    ['From at its limit', { from: `"${'x'.repeat(1399)}`, pai: passed }],
    ['From before hok', { from: passed, hok: '' }],
    ['P-Asserted-Identity at its limit', { from: passed, pai: `"${'x'.repeat(899)}` }],
    ['the third one at its limit', { from: passed, pai: passed, pai3: 'é'.repeat(200) }],
    ['an open quote before a failure', { from: '"x <sip:+13175550121;verstat=TN-Validation-Failed@h>' }],
  ])('counts as failed where it is believed: %s', (_what, fields) => {
    expect(said(fields)).toBe('failed');
    expect(said(fields, unnamedTrunk('US'))).toBe('none');
  });

  it('is no failure in the brief note of a call that was never read', () => {
    expect(said({ pres: '', hok: '', from: '' })).toBe('none');
  });
});
