import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleFacts, sampleOutcome } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const caller = '+12125550131';
const called = '+13175550100';
const digits = [caller].map((number) => number.slice(2));

let fixture: PageFixture;
beforeEach(() => {
  const facts = sampleFacts('n1/one', {
    caller: { number: caller, reason: null, raw: '2125550131', displayName: 'call 2125550131' },
    trunk: `sip:${caller}@carrier`,
    verification: {
      ...{ result: 'failed', attestation: 'C', source: 'header' },
      ...{ signer: `call ${caller}`, origid: `from ${caller}` },
    },
    history: {
      passUntil: null,
      campaign: `like ${caller}`,
      expected: { until: pageNow, called: null, why: `Ann calls back from ${caller}` },
    },
    called: { number: called, raw: '3175550100' },
    sipCallId: '2125550131@carrier.example',
  });
  const { challenge, decision } = sampleOutcome('n1/one');
  fixture = pageFixture([
    {
      ...record('one', {
        facts,
        exit: { kind: 'connect', exit: 'operators', label: `Passed: ${caller}` },
        decision: decision && {
          ...decision,
          reason: `caller ${caller} in no list`,
          listedName: `Ann, mobile ${caller}`,
        },
      }),
      afterExit: { answeredMs: 9000, talkMs: 60_000, cause: 16 },
    },
    record('two', {
      facts: { ...facts, callId: 'n1/two' },
      challenge: challenge && { ...challenge, result: 'failed' },
    }),
  ]);
  fixture.live = [{ id: 'n1/9', state: 'prompting', since: pageNow, caller: facts.caller, called }];
  const place = { file: 'rules/policy.yaml', line: 42, column: 5 };
  const because = `caller is ${caller}: no`;
  fixture.near = {
    about: null,
    nearMisses: [{ rule: 'blocked', failed: because, holds: 'no', place }],
    missingFacts: [{ rule: 'blocked', because, place }],
  };
  fixture.whole = false;
});
afterEach(() => fixture.app.close());

const explained = '/calls/explain?id=n1%2Fone';

const pages = [
  '/',
  '/history',
  '/calls',
  '/calls/n1/one',
  explained,
  '/callers',
  '/callers/of/n1/one',
  '/harm',
];
for (const path of [...pages, '/rules', '/lists'])
  test(`${path}, its links included`, async () => {
    const { status, body } = await fixture.get(path);
    expect(status).toBe(200);
    for (const number of digits) expect(body).not.toContain(number);
  });

test('an analyst sees them whole, on every page but Now', async () => {
  fixture.whole = true;
  for (const path of ['/calls', '/calls/n1/one', explained])
    expect((await fixture.get(path)).body).toContain(caller);
  expect((await fixture.get('/')).body).not.toContain(digits[0]);
});

test('our own numbers are whole, and stand under their names', async () => {
  const where = { pattern: null, note: null, line: 3, expiresAt: null, expired: false };
  fixture.hits = [
    { ...where, list: 'blocked', blocks: true, name: 'nobody' },
    { ...where, list: 'departments', blocks: false, name: 'Cardiology' },
  ];
  for (const path of ['/', '/history', '/calls', '/calls/n1/one', explained, '/harm']) {
    const { body } = await fixture.get(path);
    expect.soft(body, path).toContain('Cardiology');
    expect.soft(body, path).toContain(called);
  }
  const found = await fixture.get(`/calls?called=${encodeURIComponent(called)}`);
  expect(found.body).toContain('/calls/n1/one');
  expect(found.body).toContain(`Cardiology, ${called}`);
});

test('each page asks once whether numbers may be seen, and Now never', async () => {
  for (const path of [...pages.slice(1), '/rules', '/lists']) {
    fixture.looks = 0;
    await fixture.get(path);
    expect.soft(fixture.looks, path).toBe(1);
  }
  fixture.looks = 0;
  await fixture.get('/');
  expect(fixture.looks).toBe(0);
});

test('who sees no numbers cannot search by number, digit by digit', async () => {
  for (const number of [caller, '+19995550000']) {
    const { status, body } = await fixture.get(`/calls?caller=${encodeURIComponent(number)}`);
    expect(status).toBe(400);
    expect(body).toContain('searching by caller number requires the analyst role');
    expect(body).not.toContain('/calls/n1/');
  }
  expect((await fixture.get(`/lists?number=${encodeURIComponent(caller)}`)).body).not.toContain(
    'role="status"',
  );
});

test('the address of a feed is shown without what it lets in by', async () => {
  const source = 'https://ann:sesame@feeds.example/blocked.csv?key=sesame';
  fixture.lists = [
    {
      ...{ id: 'blocked', about: null, source, size: 1, skippedRows: 1, readAt: null, changedAt: null },
      ...{ error: `${source} answered 500`, problems: [`${source}:3: row skipped`] },
    },
  ];
  const { body } = await fixture.get('/lists');
  expect(body).toContain('https://feeds.example/blocked.csv?…');
  expect(body).not.toContain('sesame');
});
