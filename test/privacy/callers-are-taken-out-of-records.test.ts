import { expect, test } from 'vitest';
import type { CallFacts, PassportClaims } from '../../src/call/facts.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { callerNames, plainNames } from '../../src/privacy/caller-names.ts';
import { ForgottenCaller } from '../../src/privacy/forgotten.ts';
import { numberForms } from '../../src/privacy/without-caller.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const person = '+13175550163';
const names = callerNames('a key of pseudonyms, long enough');

function callOf(displayName: string, changes: Partial<Outcome> = {}): Outcome {
  const callId = 'n1/3175550163.7';
  const facts = sampleFacts(callId, {
    sipCallId: '3175550163-abc@sbc.example',
    caller: { number: person, reason: null, raw: '(317) 555-0163', displayName },
    called: { number: '+13175550163', raw: '3175550163' },
  });
  const sample = sampleOutcome(callId, { facts });
  const decision = sample.decision && {
    ...sample.decision,
    reason: 'caller is +13175550163: yes',
    listedName: displayName,
  };
  return { ...sample, decision, ...changes };
}

test('a number is known by its digits with and without country, when they are enough to know anybody by', () => {
  expect(numberForms(person)).toEqual([person, '13175550163', '3175550163']);
  expect(numberForms('+442079460123')).toEqual(['+442079460123', '442079460123', '2079460123']);
  expect(numberForms('+29021234')).toEqual(['+29021234', '29021234']);
});

test('a forgotten caller is in no text of the record, and what it is counted by stays', () => {
  const forgotten = new ForgottenCaller(person, []);
  const before = callOf('WHISTLER, JO');
  const after = forgotten.outcome(before);
  const { called, callId, linkedId, ...facts } = after.facts;
  expect(JSON.stringify({ ...after, callId: '', facts })).not.toMatch(/3175550163|555-0163|WHISTLER/);
  expect({ called, callId, linkedId }).toEqual({
    called: before.facts.called,
    callId: before.callId,
    linkedId: before.facts.linkedId,
  });
  expect(after).toMatchObject({
    decision: { rule: 'everyone-else', verdict: { kind: 'challenge' }, reason: 'caller is forgotten: yes' },
    challenge: before.challenge,
    exit: { kind: 'connect', exit: 'operators', label: null },
    timings: before.timings,
  });
  expect(Object.keys(after)).toEqual(Object.keys(before));
  expect(forgotten.outcome(after)).toBe(after);
});

test.each(['connect', 'challenge', 'everyone-else', 'en', 'operators', '1', '', '"},{"rule":"x'])(
  'a caller who is called %j changes nothing but their own name',
  (displayName) => {
    const after = new ForgottenCaller(person, []).outcome(callOf(displayName));
    const plain = new ForgottenCaller(person, []).outcome(callOf('WHISTLER, JO'));
    expect(after).toEqual(plain);
  },
);

test('a record of somebody else that mentions the number loses the digits alone', () => {
  const { caller } = sampleFacts('n1/2');
  const facts = sampleFacts('n1/2', { caller: { ...caller, displayName: 'call +13175550163 now' } });
  const before = sampleOutcome('n1/2', { facts });
  const after = new ForgottenCaller(person, []).outcome(before);
  expect(after).toEqual({
    ...before,
    facts: { ...facts, caller: { ...caller, displayName: 'call forgotten now' } },
  });
  const untouched = sampleOutcome('n1/3');
  expect(new ForgottenCaller('+13175559999', []).outcome(untouched)).toBe(untouched);
});

test('with a key callers are called by a pseudonym, the same for the same number and key', () => {
  const name = names.of(person);
  expect(name).toMatch(/^p_[A-Za-z0-9_-]{22}$/);
  expect(names.of(name)).toBe(name);
  expect(names.of('+13175550164')).not.toBe(name);
  expect(callerNames('another key of pseudonyms').of(person)).not.toBe(name);
  expect(callerNames(null)).toBe(plainNames);
  const stored = names.outcome(callOf('WHISTLER, JO'));
  expect(stored.facts.caller).toEqual({ number: name, reason: null, raw: name, displayName: '' });
  expect(stored.facts.sipCallId).toBe(`${name}-abc@sbc.example`);
  expect(stored.decision).toMatchObject({ listedName: null, reason: `caller is ${name}: yes` });
});

test('a withheld caller has no pseudonym, and what was sent of them is not kept', () => {
  const facts = sampleFacts('n1/4', {
    caller: { number: null, reason: 'withheld', raw: '3175550163', displayName: 'WHISTLER, JO' },
  });
  const stored = names.outcome(sampleOutcome('n1/4', { facts }));
  expect(stored.facts.caller).toEqual({ number: null, reason: 'withheld', raw: '', displayName: '' });
});

const rawWritings = [
  '3175550163',
  '+13175550163',
  '(317) 555-0163',
  '317-555-0163',
  '1 317 555 0163',
  '317.555.0163',
  'sip:+13175550163;npdi@sbc.example',
  'tel:+1-317-555-0163',
  '+1 (317)555 0163',
  '317/555/0163',
];
test.each(rawWritings)(
  'a withheld caller whose number was sent as %s is forgotten with name, Call-ID and origid',
  (raw) => {
    const facts = sampleFacts('n1/8', {
      sipCallId: 'a84b4c76e66710@sbc.example',
      caller: { number: null, reason: 'withheld', raw, displayName: 'WHISTLER, JO' },
      verification: {
        result: 'none',
        attestation: null,
        signer: null,
        origid: '5e0e9a3c-2f7b-4b58-9a6f-6b1d8f1f2a10',
        source: null,
      },
    });
    const forgotten = new ForgottenCaller(person, []);
    const before = sampleOutcome('n1/8', { facts });
    expect(forgotten.mayBeIn(JSON.stringify(before))).toBe(true);
    const after = forgotten.outcome(before);
    expect(after.facts).toMatchObject({
      caller: { number: null, raw: 'forgotten', displayName: '' },
      sipCallId: '',
    });
    expect(after.facts.verification.origid).toBeNull();
    expect(forgotten.mayBeIn(JSON.stringify(after))).toBe(false);
    expect(forgotten.facts(facts).caller.displayName).toBe('');
    expect(forgotten.traces).toContain('a84b4c76e66710@sbc.example');
    const other = new ForgottenCaller('+13175550164', []);
    expect(other.outcome(before)).toBe(before);
  },
);

test('a signed number, a signed name and an origid are the caller’s, and what they said of the call stays', () => {
  const origid = '5e0e9a3c-2f7b-4b58-9a6f-6b1d8f1f2a10';
  const passport: PassportClaims = {
    ...{ origid, orig: '13175550163', dest: ['13175550188'], iat: 1, x5u: 'https://c.example/a' },
    attest: 'A',
  };
  const verification: CallFacts['verification'] = {
    result: 'passed',
    attestation: 'A',
    source: 'asterisk',
    ...{ origid, passport, signer: 'https://c.example/a', signerCode: '709J' },
    signedFor: 'forwarded',
    callerName: 'WHISTLER, JO',
  };
  const caller = { number: person, reason: null, raw: '3175550163', displayName: '' };
  const facts = sampleFacts('n1/9', { caller, verification });
  const forgotten = new ForgottenCaller(person, []);
  for (const kept of [forgotten.facts(facts), names.outcome(sampleOutcome('n1/9', { facts })).facts]) {
    expect(JSON.stringify(kept.verification)).not.toMatch(/3175550163|3175550188|WHISTLER/);
    expect(kept.verification).toMatchObject({ result: 'passed', signedFor: 'forwarded', signerCode: '709J' });
  }
  expect(JSON.stringify(forgotten.facts(facts))).not.toContain(origid);
  const withheld = { number: null, reason: 'withheld', raw: 'anonymous', displayName: '' } as const;
  for (const whose of [sampleFacts('n1/10').caller, withheld]) {
    const other = sampleOutcome('n1/10', { facts: sampleFacts('n1/10', { caller: whose, verification }) });
    expect(JSON.stringify(forgotten.outcome(other).facts)).not.toContain('3175550163');
  }
});
