import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/call/call-records.ts';
import type { CallFacts } from '../../../src/call/facts.ts';
import type { ChallengeResult } from '../../../src/call/vocabulary.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const analyst = { name: 'ann', role: 'analyst', how: 'session', csrf: 'a"token' } as const;
const signedA = {
  result: 'passed',
  attestation: 'A',
  signer: 's',
  origid: null,
  source: 'asterisk',
} as const;
const minuteMs = 60_000;

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture();
});
afterEach(() => fixture.app.close());

/** A call of +1317555<end> that ended so. */
function missed(
  id: string,
  end: string,
  result: ChallengeResult,
  facts: Partial<CallFacts> = {},
): CallRecord {
  const { challenge } = sampleOutcome('x');
  const number = `+1317555${end}`;
  const caller = { number, reason: null, raw: number, displayName: `Name ${id}` };
  const passed = result === 'passed';
  return record(id, {
    facts: sampleFacts(`n1/${id}`, { caller, ...facts }),
    challenge: challenge && { ...challenge, result },
    exit: passed ? { kind: 'connect', exit: 'operators', label: null } : { kind: 'voicemail', box: 'main' },
  });
}

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const section = (body: string, id: string) =>
  new RegExp(`<section aria-labelledby="${id}">[\\s\\S]*?</section>`).exec(body)?.[0] ?? '';
const people = async () => section((await fixture.get('/harm')).body, 'h-people');
const post = (url: string, fields: Record<string, string>) =>
  fixture.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });

test('well-signed callers who pressed, hung up or called again are people; robots stand apart below', async () => {
  const add = (...all: CallRecord[]) => {
    for (const one of all) fixture.records.add(one);
  };
  add(missed('pressed', '0101', 'failed', { verification: signedA }));
  add(missed('quit', '0102', 'gave-up', { verification: signedA }));
  add(
    missed('again-1', '0103', 'silent', { verification: signedA, now: sampleArrival - minuteMs }),
    missed('again-2', '0103', 'silent', { verification: signedA }),
  );
  add(
    missed('later-1', '0104', 'silent'),
    missed('later-2', '0104', 'passed', { now: sampleArrival + minuteMs }),
  );
  add(missed('once', '0105', 'silent', { verification: signedA }));
  add(missed('unsigned', '0106', 'failed'));
  add(missed('member', '0107', 'failed', { verification: signedA, campaign: 'c-1' }));
  const { body } = await fixture.get('/harm');
  const found = section(body, 'h-people');
  const ids = [...found.matchAll(/href="\/calls\/n1\/([\w-]+)"/g)].map(([, id]) => id);
  expect([...new Set(ids)].sort()).toEqual(['again-2', 'later-1', 'pressed', 'quit']);
  expect(text(found)).toContain('4 to follow up');
  expect(text(found)).toContain('did not pass 2 times, signed with attestation A');
  expect(text(found)).toContain('a later call was connected');
  expect(text(found)).toContain(
    '5 calls of 4 people, of 6 callers with a number who did not pass and are in no campaign',
  );
  const rest = section(body, 'h-attack');
  const cells = [...rest.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row = '']) => text(row).trim());
  expect(cells).toEqual([
    'Calls Wrong digits Silent Hung up',
    'c-1 campaign 1 0 0',
    'Signature valid the people above are among them 1 3 1',
    'Unsigned 1 1 0',
  ]);
});

test('who was known when they called is a person, whatever the signature; the list of now is said beside', async () => {
  const { decision } = sampleOutcome('x');
  const { outcome } = missed('known', '0101', 'silent');
  fixture.records.add(missed('other', '0102', 'silent'));
  expect(text(await people())).toContain('None: no caller who did not pass is likely a person');
  fixture.records.add({
    outcome: { ...outcome, decision: decision && { ...decision, known: true } },
    afterExit: null,
  });
  const hit = { list: 'customers', pattern: '+13175550101', name: 'Acme', note: null, line: 3 };
  fixture.hits = [{ ...hit, blocks: true, expiresAt: null, expired: false }];
  expect(text(await people())).toContain('known when they called');
  expect(text(await people())).not.toContain('customers');
  fixture.hits = [{ ...hit, blocks: false, expiresAt: null, expired: false }];
  expect(text(await people())).toContain('on the list customers now');
  expect(text(await people())).toContain('Acme');
});

test('a viewer may look and do nothing: masked, without a button, and refused', async () => {
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  fixture.whole = false;
  const found = await people();
  expect(found).not.toContain('<button');
  expect(found).not.toContain('Expect this caller');
  expect(found).not.toContain('5550101');
  expect((await post('/harm/done', { call: 'n1/a', done: 'yes' })).statusCode).toBe(400);
  expect([fixture.impact.done.size, fixture.noted]).toEqual([0, []]);
});

test('done is said with who and when, noted once, goes to the end, and is taken back', async () => {
  fixture.visitor = analyst;
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  fixture.records.add(
    missed('b', '0102', 'failed', { verification: signedA, now: sampleArrival - minuteMs }),
  );
  expect(await people()).toContain('name="_csrf" value="a&quot;token"');
  const done = await post('/harm/done', { call: 'n1/a', done: 'yes', since: '7d' });
  expect([done.statusCode, done.headers.location]).toEqual([303, '/harm?since=7d#h-people']);
  expect((await post('/harm/done', { call: 'n1/a', done: 'yes' })).statusCode).toBe(303);
  const found = text(await people());
  expect(found).toContain('1 to follow up, 1 done');
  expect(found).toMatch(/Done \w+ 2 Mar\w* 2026, \d\d:\d\d by ann Undo/);
  expect(found.indexOf('Name b')).toBeLessThan(found.indexOf('Name a'));
  expect((await post('/harm/done', { call: 'n1/a', 'take-back': 'yes' })).statusCode).toBe(303);
  expect((await post('/harm/done', { call: 'n1/a', 'take-back': 'yes' })).statusCode).toBe(303);
  expect(text(await people())).toContain('2 to follow up');
  expect(fixture.noted).toEqual([
    { event: 'followed-up', calls: ['n1/a'], numbers: [], detail: 'done' },
    { event: 'followed-up', calls: ['n1/a'], numbers: [], detail: 'taken back' },
  ]);
});

test('who fails again after being followed up is on the list again', async () => {
  fixture.visitor = analyst;
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  await post('/harm/done', { call: 'n1/a', done: 'yes' });
  fixture.records.add(
    missed('again', '0101', 'failed', { verification: signedA, now: sampleArrival + 1000 }),
  );
  expect(text(await people())).toContain('1 to follow up');
});

test('an expected caller is shown as such, with the reason; the way to expect one is the caller’s page', async () => {
  fixture.visitor = analyst;
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  expect(await people()).toContain('<a href="/callers/of/n1/a#h-act">Expect this caller</a>');
  const until = pageNow + 7 * 86_400_000;
  fixture.impact.calls = [{ caller: '+13175550101', called: null, until, why: 'Biopsy result' }];
  expect(text(await people())).toMatch(/Expected until \w+ 9 Mar\w* 2026, \d\d:\d\d Biopsy result/);
});

test.each([
  ['/harm/done', {}, 400],
  ['/harm/done', { call: 'n1/a' }, 400],
  ['/harm/done', { call: 'n1/a', done: 'yes', 'take-back': 'yes' }, 400],
  ['/harm/done', { call: 'n1/gone', done: 'yes' }, 404],
  ['/harm/done', { call: 'n1/passed', done: 'yes' }, 409],
] as const)('%s with %j changes nothing', async (url, fields, status) => {
  fixture.visitor = analyst;
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  fixture.records.add(missed('passed', '0102', 'passed'));
  const answer = await post(url, fields);
  expect(answer.statusCode).toBe(status);
  expect(answer.body).toContain('</html>');
  expect([fixture.impact.done.size, fixture.noted]).toEqual([0, []]);
});

test('while Redis is away the people are shown, and nothing is said to be kept', async () => {
  fixture.visitor = analyst;
  fixture.records.add(missed('a', '0101', 'failed', { verification: signedA }));
  fixture.impact.away = true;
  const found = await people();
  expect(text(found)).toContain('What was done already is not known');
  expect(found).toContain('/calls/n1/a');
  expect((await post('/harm/done', { call: 'n1/a', done: 'yes' })).statusCode).toBe(503);
  expect(fixture.noted).toEqual([]);
});

test('the export has every person, with what was done', async () => {
  fixture.visitor = analyst;
  for (let n = 0; n < 60; n++)
    fixture.records.add(missed(`p${n}`, String(1000 + n), 'failed', { verification: signedA }));
  await post('/harm/done', { call: 'n1/p7', done: 'yes' });
  const lines = (await fixture.get('/export/people-harmed.csv')).body.trimEnd().split('\r\n');
  expect(lines).toHaveLength(61);
  expect(lines.filter((line) => line.endsWith(',ann'))).toHaveLength(1);
});
