import { describe, expect, it } from 'vitest';
import type { CallFacts } from '../../src/call/facts.ts';
import { decide } from '../../src/policy/decide.ts';
import { callFrom, noon, noVerification, passed, policyAsking } from './policy-fixture.ts';

function matches(when: string, facts: CallFacts, lists: Record<string, string> = {}): boolean {
  return decide(facts, policyAsking(when, lists)).rule === 'asked';
}

const plain = callFrom('3175550199');
const withheld = callFrom('anonymous');
const failed = { ...noVerification, result: 'failed', source: 'asterisk' } as const;
const signer = 'https://cert.carrier.example/sp.pem';
const origid = '3f1c6e9a-0b7d-4c53-9d0e-0a5b6c7d8e9f';

describe('a condition matches exactly the calls that it asks for', () => {
  it.each<[string, CallFacts, CallFacts]>([
    ['{ caller: { number: 317-555-0199 } }', plain, callFrom('3175550198')],
    ['{ caller: { number: "+1317555*" } }', plain, callFrom('4635550199')],
    ['{ caller: { number: "+13175550190..+13175550199" } }', plain, callFrom('3175550189')],
    ['{ caller: { country: [US, CA] } }', plain, callFrom('+442079460123')],
    ['{ caller: { region: [317, 463] } }', plain, callFrom('2125550199')],
    ['{ caller: { type: toll-free } }', callFrom('8005550199'), plain],
    ['{ caller: { valid: false } }', callFrom('9995550123'), plain],
    ['{ caller: { valid: true } }', plain, callFrom('9995550123')],
    ['{ caller: { is: withheld } }', withheld, plain],
    ['{ caller: { is: unavailable } }', callFrom(''), withheld],
    ['{ caller: { is: malformed } }', callFrom('12'), withheld],
    ['{ caller: { is: [withheld, malformed] } }', callFrom('12'), callFrom('')],
    ['{ caller: { is: own-number } }', callFrom('3175550104'), plain],
    ['{ caller: { is: same-exchange } }', plain, callFrom('3175560199')],
    ['{ caller: { is: called-number } }', callFrom('3175550100'), plain],
    ['{ caller: { name: { contains: caller } } }', plain, callFrom('3175550199', { name: 'Jo' })],
    ['{ caller: { name: { equals: "JO CALLER" } } }', plain, callFrom('3175550199', { name: 'Jo Caller 2' })],
    ["{ caller: { name: { matches: '^v\\d{5,}' } } }", callFrom('3175550199', { name: 'V12345678' }), plain],
    ['{ verification: passed }', callFrom('3175550199', { verification: passed('C') }), plain],
    [
      '{ verification: passed-A }',
      callFrom('3175550199', { verification: passed('A') }),
      callFrom('3175550199', { verification: passed('B') }),
    ],
    ['{ verification: none }', plain, callFrom('3175550199', { verification: failed })],
    ['{ verification: { not: failed } }', plain, callFrom('3175550199', { verification: failed })],
    [
      '{ verification: { attestation: [B, C] } }',
      callFrom('3175550199', { verification: passed('C') }),
      callFrom('3175550199', { verification: { ...failed, attestation: 'C' } }),
    ],
    [
      '{ verification: { signer: { contains: carrier.example } } }',
      callFrom('3175550199', { verification: { ...passed('A'), signer } }),
      callFrom('3175550199', { verification: { ...failed, signer } }),
    ],
    [
      `{ verification: { origid: ${origid.toUpperCase()} } }`,
      callFrom('3175550199', { verification: { ...passed('A'), origid } }),
      callFrom('3175550199', { verification: { ...failed, origid } }),
    ],
    [
      '{ verification: { signer-code: [709J, 123a] } }',
      callFrom('3175550199', { verification: { ...passed('C'), signerCode: '123A' } }),
      callFrom('3175550199', { verification: { ...passed('C'), signerCode: '709' } }),
    ],
    [
      '{ verification: { signer-name: { contains: gateway } } }',
      callFrom('3175550199', { verification: { ...passed('C'), signerName: 'GATEWAY Telco' } }),
      callFrom('3175550199', { verification: { ...failed, signerName: 'GATEWAY Telco' } }),
    ],
    [
      '{ verification: { signed-name: { equals: example clinic } } }',
      callFrom('3175550199', { verification: { ...passed('A'), callerName: 'Example Clinic' } }),
      callFrom('3175550199', { verification: passed('A'), name: 'Example Clinic' }),
    ],
    [
      '{ verification: { signed-for: [other, forwarded] } }',
      callFrom('3175550199', { verification: { ...noVerification, signedFor: 'other' } }),
      callFrom('3175550199', { verification: { ...passed('A'), signedFor: 'called-number' } }),
    ],
    [
      '{ verification: { problem: [expired, bad-signature] } }',
      callFrom('3175550199', { verification: { ...noVerification, problem: 'expired' } }),
      callFrom('3175550199', { verification: { ...noVerification, problem: 'not-verified' } }),
    ],
    [
      '{ verification: { contradicted: true } }',
      callFrom('3175550199', {
        verification: { ...passed('C'), disagreement: { here: 'passed-C', carrier: 'passed-A' } },
      }),
      callFrom('3175550199', { verification: passed('C') }),
    ],
    [
      '{ called: { number: "+1317555010*" } }',
      plain,
      callFrom('3175550199', { called: { number: null, raw: '4100' } }),
    ],
    ['{ trunk: [carrier, backup] }', plain, callFrom('3175550199', { trunk: 'lab' })],
    [
      '{ history: { has-pass: true } }',
      callFrom('3175550199', { history: { passUntil: noon + 1 } }),
      callFrom('3175550199', { history: { passUntil: noon } }),
    ],
    ['{ history: { has-pass: false } }', plain, callFrom('3175550199', { history: { passUntil: noon + 1 } })],
    ['{ not: { caller: { country: US } } }', callFrom('+442079460123'), plain],
    [
      '{ any: [{ trunk: backup }, { caller: { is: withheld } }] }',
      withheld,
      callFrom('3175550199', { trunk: 'c' }),
    ],
    ['{ all: [{ trunk: carrier }, { caller: { is: withheld } }] }', withheld, plain],
    ['{ trunk: carrier, caller: { is: same-exchange, type: fixed-line-or-mobile } }', plain, withheld],
  ])('%s', (when, matching, other) => {
    expect(matches(when, matching)).toBe(true);
    expect(matches(when, other)).toBe(false);
  });

  it('a list of callers, and a list of called numbers', () => {
    const lists = { 'doctors.txt': '+1 317 555 0199\n' };
    expect(matches('{ caller: { in: doctors } }', plain, lists)).toBe(true);
    expect(matches('{ caller: { in: doctors } }', withheld, lists)).toBe(false);
    const dialed = callFrom('3175550111', { called: { number: '+13175550199', raw: '3175550199' } });
    expect(matches('{ called: { in: doctors } }', dialed, lists)).toBe(true);
    expect(matches('{ called: { in: doctors } }', plain, lists)).toBe(false);
  });
});

it.each([
  '{ verification: { signer-code: 709J } }',
  '{ not: { verification: { signer-code: 709J } } }',
  '{ not: { verification: { signer-name: { contains: gateway } } } }',
])('%s does not match while the certificate of the signer is not known', (when) => {
  const decision = decide(callFrom('3175550199', { verification: passed('A') }), policyAsking(when));
  expect(decision.rule).toBe('everyone-else');
  expect(decision.trace[0]?.because).toContain('not known (the certificate of the signer was not known)');
});

describe('a rule that needs the history does not match without it', () => {
  const lost = callFrom('3175550199', { history: null, noHistoryReason: 'deadline' });

  it.each([
    '{ history: { has-pass: true } }',
    '{ history: { has-pass: false } }',
    '{ not: { history: { has-pass: true } } }',
  ])('%s, and the trace says what was missing', (when) => {
    const decision = decide(lost, policyAsking(when));
    expect(decision.rule).toBe('everyone-else');
    expect(decision.trace[0]).toMatchObject({ matched: false });
    expect(decision.trace[0]?.because).toContain('not known (the history was not read in time)');
  });

  it('is not asked when another condition decides already', () => {
    expect(matches('{ any: [{ history: { has-pass: true } }, { trunk: carrier }] }', lost)).toBe(true);
    expect(matches('{ not: { all: [{ history: { has-pass: true } }, { trunk: lab }] } }', lost)).toBe(true);
  });

  it.each([
    { history: null, noHistoryReason: 'no-number' },
    { history: null, noHistoryReason: 'unavailable' },
    { history: { passUntil: null }, noHistoryReason: null },
  ] as const)('a caller without a number is known to hold no pass: %j', (known) => {
    const nobody = { ...withheld, ...known };
    expect(matches('{ history: { has-pass: false } }', nobody)).toBe(true);
    expect(matches('{ history: { has-pass: true } }', nobody)).toBe(false);
  });
});
