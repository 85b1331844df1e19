import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { sampleFacts } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

const caller = '+13175550123';
const withheld = { number: null, reason: 'withheld', raw: '', displayName: '' } as const;

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([
    record('one'),
    record('two'),
    record('none', { facts: sampleFacts('n1/none', { caller: withheld }) }),
  ]);
});
afterEach(async () => {
  vi.useRealTimers();
  await fixture.app.close();
});

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const why = 'sells warranties';
const post = (fields: Record<string, string>) =>
  fixture.app.inject({
    method: 'POST',
    url: '/calls/flag',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });

test('who may not flag sees what was said, and no form', async () => {
  await fixture.flags.flag(caller, 'scam', 'n1/one', pageNow);
  await fixture.flags.flag(caller, 'scam', 'n1/two', pageNow);
  await fixture.flags.flag(caller, 'wanted', 'n1/two', pageNow);
  const { body } = await fixture.get('/calls/n1/one');
  expect(body).not.toContain('<form class="flags"');
  expect(text(body)).toContain('This call scam All calls from this caller scam: 2 calls, wanted: 1 call');
  expect(text(body)).toMatch(/Expire \w+ 2 Mar\w* 2027/);
  expect(text(body)).toContain('Flagging requires the analyst role');
});

test('who may has a button for each word, which takes back what was said; it sends the token back', async () => {
  await fixture.flags.flag(caller, 'scam', 'n1/one', pageNow);
  fixture.flagForm = { csrf: 'a"token' };
  const { body } = await fixture.get('/calls/n1/one');
  expect(body).toContain('<form class="flags" action="/calls/flag" method="post"');
  expect(body).toContain('name="why" required');
  expect(body).toContain('<input type="hidden" name="id" value="n1/one">');
  expect(body).toContain('<input type="hidden" name="_csrf" value="a&quot;token">');
  expect(
    [...body.matchAll(/<button[^>]* name="([a-z-]+)" value="(\w+)"/g)].map((one) => one.slice(1)),
  ).toEqual([
    ['take-back', 'scam'],
    ['flag', 'sales'],
    ['flag', 'wanted'],
  ]);
});

test('a word is said once, noted once, and taken back; then the call is shown again', async () => {
  const said = await post({ id: 'n1/one', flag: 'scam', why });
  expect([said.statusCode, said.headers.location]).toEqual([303, '/calls/n1/one#h-flags']);
  expect((await post({ id: 'n1/one', flag: 'scam', why })).statusCode).toBe(303);
  expect(await fixture.flags.read(caller, 'n1/one')).toMatchObject({
    ofCall: ['scam'],
    ofCaller: { scam: 1 },
  });
  expect((await post({ id: 'n1/one', 'take-back': 'scam' })).statusCode).toBe(303);
  expect((await post({ id: 'n1/one', 'take-back': 'scam' })).statusCode).toBe(303);
  expect(await fixture.flags.read(caller, 'n1/one')).toMatchObject({ ofCall: [], ofCaller: {} });
  expect(fixture.flagged).toEqual([
    { event: 'flagged', calls: ['n1/one'], numbers: [caller], detail: 'scam: sells warranties' },
    { event: 'flagged', calls: ['n1/one'], numbers: [caller], detail: 'scam taken back' },
  ]);
});

test('by SIP Call-ID it is the same call', async () => {
  const said = await post({ id: 'n1/one@carrier.example', flag: 'sales', why });
  expect(said.headers.location).toBe('/calls/n1/one#h-flags');
  expect((await fixture.flags.read(caller, 'n1/one')).ofCall).toEqual(['sales']);
});

test.each([
  [{}, 400],
  [{ id: 'n1/one' }, 400],
  [{ id: 'n1/one', flag: 'scam' }, 400],
  [{ id: 'n1/one', flag: 'scam', why: '  ' }, 400],
  [{ id: 'n1/one', flag: 'nice', why }, 400],
  [{ id: 'n1/one', flag: 'toString' }, 400],
  [{ id: 'n1/one', flag: 'scam', 'take-back': 'scam' }, 400],
  [{ flag: 'scam' }, 400],
  [{ id: 'n1/gone', flag: 'scam', why }, 404],
  [{ id: 'n1/none', flag: 'scam', why }, 409],
] as const)('%j is refused with a page, and nothing is noted', async (fields, status) => {
  const answer = await post(fields);
  expect(answer.statusCode).toBe(status);
  expect(answer.body).toContain('</html>');
  expect(fixture.flagged).toEqual([]);
});

test('JSON that is no text is refused, not a mistake of ours', async () => {
  for (const payload of [
    '{"id":["n1/one"],"flag":"scam"}',
    '[]',
    'null',
    '"x"',
    '{"id":"n1/one","flag":{}}',
  ]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fixture.app.inject({ method: 'POST', url: '/calls/flag', headers, payload });
    expect.soft(answer.statusCode, payload).toBe(400);
  }
  expect(fixture.errors).toEqual([]);
});

test('a withheld caller: the page says that there is nothing to flag', async () => {
  fixture.flagForm = { csrf: 'x' };
  const { status, body } = await fixture.get('/calls/n1/none');
  expect(status).toBe(200);
  expect(text(body)).toContain('This call cannot be flagged');
  expect(body).not.toContain('<form class="flags"');
});

test('Redis does not answer for the flags: the call is shown without them, and a flag is not said to be noted', async () => {
  fixture.flags.away = true;
  fixture.flagForm = { csrf: 'x' };
  const { status, body } = await fixture.get('/calls/n1/one');
  expect(status).toBe(200);
  expect(text(body)).toContain('Flags are unavailable because Redis is not responding');
  expect(text(body)).toContain('Timeline');
  expect(body).not.toContain('<form class="flags"');
  const said = await post({ id: 'n1/one', flag: 'scam', why });
  expect(said.statusCode).toBe(503);
  expect(text(said.body)).toContain('It is safe to try again');
  expect(said.body).toContain('href="/calls/n1/one"');
  expect(fixture.flagged).toEqual([]);
  fixture.records.away = true;
  expect((await post({ id: 'n1/one', flag: 'scam', why })).statusCode).toBe(503);
});

test('frozen flags cost the page of a call a second, no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fixture.flags.frozen = true;
  const asked = fixture.get('/calls/n1/one');
  await vi.advanceTimersByTimeAsync(1010);
  expect((await asked).status).toBe(200);
});

test('what cannot be read is refused as such, and is no mistake of ours in the log', async () => {
  for (const [payload, status] of [
    ['{', 400],
    ['{"__proto__":{"flag":"scam"},"id":"n1/one"}', 400],
    [`"${'x'.repeat(2_000_000)}"`, 413],
  ] as const) {
    const headers = { 'content-type': 'application/json' };
    const answer = await fixture.app.inject({ method: 'POST', url: '/calls/flag', headers, payload });
    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain('The request could not be read.');
  }
  expect(fixture.errors).toEqual([]);
});
