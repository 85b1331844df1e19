import { expect, test } from 'vitest';
import { shownRecord } from '../../src/privacy/shown-record.ts';
import { NumberView } from '../../src/report/access/number-view.ts';
import { CallLines } from '../../src/terminal/call-lines.ts';
import { callText } from '../../src/terminal/call-text.ts';
import { plainScreen } from '../../src/terminal/screen.ts';
import { bar, topText } from '../../src/terminal/summary-text.ts';
import { visibleJson, visibleText } from '../../src/text/visible-text.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';

const hostile =
  '<img src=x onerror=alert(1)>\u001b[31m\u001b]0;title\u0007\u009b2J\r\n\u202eabc\u202c\u2066\u2069\u200e\u200f\u061c\u200b\u{e0041} +13175550199';
/** Where a number of ours stands, and an id of the call: neither is masked. */
const hostileId = hostile.replace(' +13175550199', '');
/** Nothing that moves, colors, turns or hides, and no line of its own but ours. */
const live =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

function hostileRecord() {
  const callId = 'n1/1700000000.17';
  const base = sampleFacts(callId);
  const caller = { number: '+13175550123', reason: null, raw: `${hostile}3175550123`, displayName: hostile };
  const facts = sampleFacts(callId, {
    caller,
    trunk: hostile,
    sipCallId: `${hostileId}@x`,
    called: { number: null, raw: hostileId },
    verification: {
      ...base.verification,
      result: 'passed',
      attestation: 'A',
      signer: hostile,
      origid: hostile,
    },
  });
  const sample = sampleOutcome(callId, { facts });
  const decision = sample.decision && {
    ...sample.decision,
    reason: hostile,
    listedName: hostile,
    trace: [{ rule: 'customers', mode: 'monitor', matched: true, because: hostile } as const],
    monitored: [
      { rule: 'customers', verdict: { kind: 'connect', exit: 'operators', label: hostile } } as const,
    ],
  };
  const exit = { kind: 'connect', exit: 'operators', label: hostile } as const;
  const bypass = { reason: 'watchdog', detail: hostile } as const;
  const outcome = { ...sample, decision, exit, bypass };
  return { outcome, afterExit: { answeredMs: 4400, talkMs: 62_000, cause: 17 } };
}

const masked = new NumberView(null);
const whole = new NumberView({ name: 'x', role: 'analyst', how: 'local', csrf: null });

test('one call in full: text is text, on its own line, and no number is whole', () => {
  const text = callText(hostileRecord(), masked);
  expect(text).not.toMatch(live);
  expect(text).toContain('<img src=x onerror=alert(1)>�[31m');
  expect(text).not.toMatch(/317555|5550199/);
  expect(text.split('\n')).toHaveLength(callText(hostileRecord(), whole).split('\n').length);
  expect(text).toMatch(/^Call n1\/1700000000\.17\n/);
  expect(text).toMatch(/ {2}customers: monitored only, would connect to operators as “/);
  expect(text).toMatch(/ {2}4\.120 s {2}first answer/);
  expect(text).toMatch(/attempt 1: pressed 1, wanted 1; right/);
  expect(text).toMatch(
    /answered +4\.400 s after arrival\n {2}talked +1:02\n {2}ended +busy \(Q\.850 cause 17\)/,
  );
  expect(callText(hostileRecord(), whole)).toMatch(/caller +\+13175550123\n/);
});

test('in the list a call is one line, and the name comes last', () => {
  const hostileCall = hostileRecord();
  const quietCall = { outcome: sampleOutcome('n1/2'), afterExit: null };
  const lines = new CallLines([hostileCall, quietCall], masked, plainScreen);
  const line = lines.line(hostileCall);
  expect(line).not.toMatch(live);
  expect(line).not.toMatch(/\n|317555|5550199/);
  expect(line.indexOf('onerror')).toBeGreaterThan(line.indexOf('n1/1700000000.17'));
  expect(lines.line(quietCall).indexOf('everyone-else')).toBe(lines.head.indexOf('rule'));
  const narrow = new CallLines([hostileCall, quietCall], masked, { ...plainScreen, width: 80 });
  for (const text of [narrow.head, narrow.line(hostileCall), narrow.line(quietCall)])
    expect(text.length).toBeLessThanOrEqual(80);
  expect(narrow.head).toMatch(/^time .*caller .*where .*call$/);
});

test('JSON holds no live character, is read back as it was, and masks every number but ids', () => {
  const record = hostileRecord();
  const json = visibleJson(record);
  expect(json).not.toMatch(live);
  expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(record)));
  const shown = shownRecord(record, masked);
  expect(visibleJson(shown)).not.toMatch(/317555|5550199/);
  expect(shown.outcome.callId).toBe(record.outcome.callId);
  expect(shown.outcome.timings).toEqual(record.outcome.timings);
  expect(shownRecord(record, whole)).toEqual(record);
});

test('a SIP Call-ID and our own number are whole to everybody, unless the caller’s number stands in the id', () => {
  const sample = sampleOutcome('n1/2');
  const { number } = sample.facts.caller;
  const withId = (sipCallId: string) => ({
    outcome: { ...sample, facts: { ...sample.facts, sipCallId } },
    afterExit: null,
  });
  const id = 'a84b4c76e66710-1234567890@pc33.carrier.example';
  const { facts } = shownRecord(withId(id), masked).outcome;
  expect(facts.sipCallId).toBe(id);
  expect(facts.called).toEqual(sample.facts.called);
  expect(facts.caller.number).toContain('•');
  expect(callText(withId(id), masked)).toContain(`SIP Call-ID ${id}\n`);
  for (const text of [`${number}@x`, `x-${number?.slice(-7)}@x`, `${number?.slice(2)}`])
    expect(shownRecord(withId(text), masked).outcome.facts.sipCallId).not.toContain(number?.slice(-7));
});

test('bidirectional marks of every kind, C1, invisible characters and half characters; joiners stay', () => {
  const marks = [
    ...'\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u0085\u009b\u2028\u2029\ufeff',
  ];
  for (const mark of marks) expect(visibleText(`a${mark}b`)).toBe('a\ufffdb');
  expect(visibleText('a\ud800b')).toBe('a\ufffdb');
  expect(visibleText('👩\u200d⚕ नि\u200cल é')).toBe('👩\u200d⚕ नि\u200cल é');
});

test('a bar is as long as its part of the most, and what is above nothing is seen', () => {
  expect([bar(0, 10, 4), bar(10, 10, 4), bar(5, 10, 4), bar(1, 1000, 4), bar(1, 0, 4)]).toEqual([
    '',
    '████',
    '██',
    '▏',
    '',
  ]);
});

test('the top list draws bars for people only', () => {
  const rows = [
    { value: 'everyone-else', calls: 30 },
    { value: '\u001b[2Jx', calls: 10 },
  ];
  const people = { ...plainScreen, bars: true };
  const plain = topText('rules', rows, 40, 0, plainScreen);
  expect(plain).toMatch(/everyone-else +30 +75 %\n/);
  expect(plain).not.toMatch(/[█▌\u001b]/);
  expect(topText('rules', rows, 40, 3, people)).toMatch(/75 % {2}█{20}\n.*25 % {2}█{6}▋\nand 3 more/);
  expect(topText('signers', [], 0, 0, people)).toBe('signers: none\n');
});
