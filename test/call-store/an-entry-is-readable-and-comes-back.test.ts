import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatJson, jsonOfFlat } from '../../src/call-store/packing/flat-json.ts';
import { packed, unpacked } from '../../src/call-store/packing/packed-outcome.ts';
import {
  afterExitEntry,
  callEntry,
  callJson,
  readEntry,
  realExitEntry,
} from '../../src/call-store/stored-entry.ts';
import { forgottenCaller } from '../../src/privacy/kept-caller.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { seeded } from '../fakes/seeded-random.ts';
import { variedOutcome } from '../fakes/varied-outcome.ts';

/** As redis-cli shows an entry. */
function plain(fields: readonly Buffer[]): Record<string, string> {
  const shown: Record<string, string> = {};
  for (let at = 0; at < fields.length; at += 2) shown[String(fields[at])] = String(fields[at + 1]);
  const { packed: _, ...rest } = shown;
  return rest;
}

test('an entry says when who called whom, what was decided and how it ended', () => {
  expect(plain(callEntry(sampleOutcome('n1/1')))).toEqual({
    id: 'n1/1',
    at: '2026-03-02T09:30:00.000Z',
    from: '+13175550123',
    to: '+13175550000',
    trunk: 'carrier',
    rule: 'everyone-else',
    verdict: 'challenge',
    disposition: 'connected',
    challenge: 'passed',
    verification: 'none',
    bypass: '',
  });
});

test('an entry packed with the first dictionary is read', () => {
  const beside = Buffer.from('pbx1/1.2');
  const packedAs1 = 'ASi1L/0AAJUBAMBwYngxLzE3MDE3NTU1MDEyMwpBfkMjTUUIwPp8AoArMhp4EATbpUQHl7jehOYcKKwG';
  const outcome = {
    ...{ schema: 1, callId: 'pbx1/1.2' },
    facts: { now: 1770000000000, caller: { number: '+13175550123', displayName: 'A~C#ME' } },
  };
  expect(unpacked(Buffer.from(packedAs1, 'base64'), beside)?.toString()).toBe(JSON.stringify(outcome));
  const again = packed(outcome, beside);
  expect(again[0]).toBe(2);
  expect(unpacked(again, beside)?.toString()).toBe(JSON.stringify(outcome));
});

test('a bypassed call without a number has its reasons in place of rule, verdict and number', () => {
  const facts = sampleFacts('n1/2', {
    caller: { number: null, reason: 'withheld', raw: 'anonymous', displayName: '' },
    called: { number: null, raw: 'lobby' },
    verification: { result: 'passed', attestation: 'A', signer: 's', origid: null, source: 'asterisk' },
  });
  const outcome = sampleOutcome('n1/2', {
    facts,
    decision: null,
    challenge: null,
    bypass: { reason: 'watchdog', detail: '' },
  });
  expect(plain(callEntry(outcome))).toEqual({
    id: 'n1/2',
    at: '2026-03-02T09:30:00.000Z',
    from: 'withheld',
    to: 'lobby',
    trunk: 'carrier',
    rule: '',
    verdict: 'none',
    disposition: 'bypassed',
    challenge: '',
    verification: 'passed A',
    bypass: 'watchdog',
  });
});

test('the caller who was forgotten is shown as forgotten', () => {
  const facts = sampleFacts('n1/3', { caller: forgottenCaller });
  expect(plain(callEntry(sampleOutcome('n1/3', { facts })))).toMatchObject({ from: 'forgotten' });
});

test('every outcome comes back to the letter', () => {
  const random = seeded(1);
  const outcomes = Array.from({ length: 500 }, (_, index) =>
    variedOutcome(index, sampleArrival + index, random),
  );
  outcomes.push(
    sampleOutcome('n1/hostile', { node: '\u0000\u202e"\\,${EXTEN}\u001b[31m\ufffd'.repeat(200) }),
  );
  for (const outcome of outcomes) {
    const fields = callEntry(outcome);
    expect(callJson(fields)?.toString()).toBe(JSON.stringify(outcome));
    expect(readEntry(fields)).toEqual({ kind: 'call', callId: outcome.callId, outcome });
  }
});

test('the record of a policy of 20,000 rules comes back', () => {
  const { decision } = sampleOutcome('n1/1');
  if (decision === null) throw new Error('a decision was wanted');
  const trace = Array.from({ length: 20_000 }, (_, n) => ({
    rule: `rule-${n}`,
    mode: 'enforce' as const,
    matched: false,
    because: `caller in list-${n}: no; called number is not one of the ${n} that the board has, and nobody is there`,
  }));
  const outcome = sampleOutcome('n1/1', { decision: { ...decision, trace } });
  expect(readEntry(callEntry(outcome))).toEqual({ kind: 'call', callId: 'n1/1', outcome });
});

test('later lives are entries with the same id', () => {
  const afterExit = { answeredMs: 9000, talkMs: 61_000, cause: 16 };
  const answered = afterExitEntry('n1/1', afterExit);
  expect(plain(answered)).toEqual({
    id: 'n1/1',
    answeredMs: '9000',
    talkMs: '61000',
    cause: '16',
  });
  expect(readEntry(answered)).toEqual({ kind: 'after-exit', callId: 'n1/1', afterExit });
  const unknown = { answeredMs: null, talkMs: null, cause: null };
  expect(readEntry(afterExitEntry('n1/1', unknown))).toEqual({
    kind: 'after-exit',
    callId: 'n1/1',
    afterExit: unknown,
  });
  for (const to of [
    { kind: 'operators' },
    { kind: 'operators', exit: 'sales' },
    { kind: 'voicemail', box: 'general' },
    { kind: 'rejected' },
    { kind: 'nowhere' },
  ] as const) {
    const realExit = { at: sampleArrival + 5, asked: 'gatehouse-voicemail,general', to, why: 'box-missing' };
    expect(readEntry(realExitEntry('n1/1', realExit))).toEqual({
      kind: 'real-exit',
      callId: 'n1/1',
      realExit,
    });
  }
});

test('what cannot be read is no entry', () => {
  const damaged = callEntry(sampleOutcome('n1/1')).map((value, at, all) =>
    String(all[at - 1]) === 'packed' ? Buffer.from([1, 255, 255]) : value,
  );
  const newer = damaged.map((value, at, all) =>
    String(all[at - 1]) === 'packed' ? Buffer.from([9]) : value,
  );
  const fields = (text: string) => text.split(' ').map((part) => Buffer.from(part));
  for (const none of [
    damaged,
    newer,
    [],
    fields('id n1/1'),
    fields('id n1/1 newer kind'),
    fields('packed x'),
  ])
    expect(readEntry(none)).toBeNull();
});

test('any JSON comes back from its flat form as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const json = JSON.stringify(value);
      expect(jsonOfFlat(flatJson(JSON.parse(json)))).toBe(json);
    }),
  );
  const odd = {
    '~': ['~', '#', '\n', '"', '\ud800', '\ud83d\ude00', ''],
    '"#\\': { a: [], b: {}, c: [[]] },
    '': -0,
  };
  expect(jsonOfFlat(flatJson(odd))).toBe(JSON.stringify(odd));
  expect(() => jsonOfFlat('[~,~]\none')).toThrow(SyntaxError);
  expect(() => jsonOfFlat('[~]\none\ntwo')).toThrow(SyntaxError);
});
