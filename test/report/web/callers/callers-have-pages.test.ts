import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CallFacts } from '../../../../src/call/facts.ts';
import type { Outcome } from '../../../../src/call/outcome.ts';
import { sampleArrival, sampleFacts, sampleOutcome } from '../../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from '../page-fixture.ts';

const caller = '+13175550123';
const other = '+12125550131';
const signer = 'https://certificates.gateway-telco.example/1.pem';
const signed: CallFacts['verification'] = {
  result: 'passed',
  attestation: 'C',
  signer,
  origid: null,
  source: 'verstat',
};
const numbered = (number: string) => ({ number, reason: null, raw: number, displayName: '' });

const voicemail: Partial<Outcome> = { exit: { kind: 'voicemail', box: 'main' } };
const call = (id: string, changes: Partial<CallFacts> = {}, outcome: Partial<Outcome> = {}) =>
  record(id, { facts: sampleFacts(`n1/${id}`, changes), ...outcome });

let fixture: PageFixture;
beforeEach(() => {
  const { challenge } = sampleOutcome('n1/x');
  const failed = challenge && { ...challenge, result: 'failed' as const };
  fixture = pageFixture([
    call('one', { now: sampleArrival - 60_000 }),
    call('two', { called: { number: '+13175550001', raw: '' } }, { ...voicemail, challenge: failed }),
    ...[1, 2, 3].map((n) =>
      call(`far-${n}`, { caller: numbered(other), verification: signed, now: sampleArrival + n }, voicemail),
    ),
    call('withheld', { caller: { number: null, reason: 'withheld', raw: '', displayName: '' } }),
  ]);
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('who calls most, from which exchange, who signed, and what became of it', async () => {
  const { status, body } = await fixture.get('/callers');
  expect(status).toBe(200);
  expect(text(body)).toContain('5 calls from 2 numbers.');
  const [, first = ''] = body.split('<tbody>');
  const row = first.split('</tr>')[0] ?? '';
  expect(row).toContain('href="/callers/of/n1/far-3"');
  expect(row).toContain('href="/exchanges/%2B1212555?since=7d"');
  expect(row).toContain(`href="/signers/${encodeURIComponent(signer)}?since=7d"`);
  expect(text(row)).toMatch(/\+12125550131 .* 3 .*Voicemail 3/);
  expect(body).toContain('href="/calls?since=7d&amp;exchange=%2B1317555"');
});

test('a viewer sees masked numbers, and no exchange: beside them it would tell most of a number', async () => {
  fixture.whole = false;
  for (const path of ['/callers', '/callers/of/n1/one', `/signers/${encodeURIComponent(signer)}`]) {
    const { status, body } = await fixture.get(path);
    expect.soft(status, path).toBe(200);
    expect.soft(body, path).not.toContain(caller.slice(2));
    // Numbers of ours begin as the other caller's does.
    expect.soft(body, path).not.toContain(other.slice(2, 8));
  }
  expect((await fixture.get('/export/exchange.csv')).body).toBe('exchange,calls\r\n');
  const { body } = await fixture.get('/export/callers.csv');
  expect(body).toContain('+1212•••••31');
  expect(body).not.toContain('1212555');
});

test('a caller in a sentence, with lists, flags, passes, expected calls and the calls', async () => {
  const where = { name: 'Ann', note: null, line: 7, expiresAt: null, expired: false };
  fixture.hits = [{ ...where, list: 'staff', blocks: false, pattern: caller }];
  fixture.lists = [
    {
      ...{ id: 'staff', about: null, source: 'rules/lists/staff.csv', size: 1, skippedRows: 0 },
      ...{ readAt: null, changedAt: null, error: null, problems: [] },
    },
  ];
  fixture.history = { passUntil: pageNow + 86_400_000, verified: { A: 9, none: 1 } };
  fixture.optedOutAt = sampleArrival - 1000;
  await fixture.flags.flag(caller, 'scam', 'n1/one', pageNow);
  const soon = pageNow + 3_600_000;
  await fixture.expected.add({ caller, called: null, until: soon, why: 'rings back' });
  const { status, body } = await fixture.get('/callers/of/n1/two');
  expect(status).toBe(200);
  const shown = text(body);
  expect(shown).toContain('Caller +13175550123');
  expect(shown).toMatch(/2 calls since .* ago, to 2 of your numbers: 1 connected, 1 voicemail\./);
  expect(shown).toContain('Passed 1 of 2 challenges');
  expect(shown).toContain('On the list staff .');
  expect(shown).toContain('Staff flagged 1 call as scam.');
  expect(shown).toMatch(/Opted out on .*; 1 call since\./);
  expect(shown).toContain('staff.csv:7');
  expect(shown).toMatch(/Pass until/);
  expect(shown).toMatch(/at any number until .*: rings back/);
  expect(shown).toContain('attestation A, 9 of 10 calls');
  expect(body).toContain('href="/calls/n1/one"');
  expect(body).not.toContain('href="/calls/n1/far-1"');
  expect(body).toContain(`since=2000-01-01&amp;caller=%2B13175550123`);
});

test('calls of a caller beyond fifty are on further pages, which reveal no number', async () => {
  fixture.whole = false;
  for (let n = 0; n < 60; n++)
    fixture.records.add(call(`more-${n}`, { now: sampleArrival - n * 1000 - 70_000 }));
  const first = await fixture.get('/callers/of/n1/one');
  const [, next = ''] = /href="([^"]+)">Older calls/.exec(first.body) ?? [];
  expect(next).toMatch(/^\/callers\/of\/n1\/one\?cursor=/);
  const second = await fixture.get(next.replace('#h-calls', ''));
  expect(second.body).toContain('/calls/n1/more-59');
  expect(text(second.body)).toContain('62 calls since');
});

test('a caller without a number has no page of its own, and a call that is not there neither', async () => {
  expect(text((await fixture.get('/callers/of/n1/withheld')).body)).toContain('Caller without a number');
  expect((await fixture.get('/callers/of/n1/gone')).status).toBe(404);
});

test('an exchange and a signer have their story, in a time range exact to the minute', async () => {
  const exchange = await fixture.get('/exchanges/%2B1212555');
  expect(exchange.status).toBe(200);
  expect(text(exchange.body)).toContain('3 calls from 1 number, 50 % of all calls in this time');
  expect(text(exchange.body)).toContain('3 of 3 challenges passed');
  expect(exchange.body).toContain(encodeURIComponent(signer));
  const bySigner = await fixture.get(`/signers/${encodeURIComponent(signer)}`);
  expect(text(bySigner.body)).toContain('3 calls from 1 number');
  const after = new Date(sampleArrival + 2).toISOString();
  const later = await fixture.get(`/exchanges/%2B1212555?since=${encodeURIComponent(after)}`);
  expect(text(later.body)).toContain('2 calls from 1 number');
  expect((await fixture.get('/exchanges/nonsense')).status).toBe(404);
  expect((await fixture.get('/exchanges/%2B1999555')).body).toContain('No calls from this exchange');
  expect((await fixture.get('/callers?since=never')).status).toBe(400);
});

test('without the records the pages say so; without the rest of Redis a caller is shown all the same', async () => {
  fixture.flags.away = true;
  const { status, body } = await fixture.get('/callers/of/n1/one');
  expect(status).toBe(200);
  expect(text(body)).toContain('unavailable because Redis is not responding');
  fixture.records.away = true;
  for (const path of ['/callers', '/callers/of/n1/one', '/exchanges/%2B1212555', '/signers/x'])
    expect.soft((await fixture.get(path)).status, path).toBe(503);
});
