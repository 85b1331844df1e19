import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleArrival, sampleFacts } from '../../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from '../page-fixture.ts';

const numberOf = (n: number) => `+1212555${String(n).padStart(4, '0')}`;
const call = (n: number) =>
  record(`c${n}`, {
    facts: sampleFacts(`n1/c${n}`, {
      now: sampleArrival + n,
      caller: { number: numberOf(n % 7), reason: null, raw: '', displayName: '' },
    }),
  });
const withheld = record('none', {
  facts: sampleFacts('n1/none', { caller: { number: null, reason: 'withheld', raw: '', displayName: '' } }),
});

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([...Array.from({ length: 15 }, (_, n) => call(n)), withheld]);
  fixture.flagForm = { csrf: null };
  fixture.visitor = { name: 'ann', role: 'analyst', how: 'token', csrf: null };
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const fifteen = Array.from({ length: 15 }, (_, n) => `n1/c${n}`);
const picked = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [`call:${id}`, 'on']));

async function post(path: string, fields: Record<string, string>) {
  const reply = await fixture.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });
  return { status: reply.statusCode, body: reply.body, to: String(reply.headers.location ?? '') };
}
const flagMany = (fields: Record<string, string>) => post('/calls/flag-many', fields);
const flagsOf = async (id: string) =>
  (await fixture.flags.read(numberOf(Number(id.slice('n1/c'.length)) % 7), id)).ofCall;

test('each call has a box, and a link selects all where there is no script', async () => {
  const { body } = await fixture.get('/calls?where=connected');
  expect(body.match(/type="checkbox" class="pick"/g)).toHaveLength(16);
  expect(body).toContain('name="call:n1/none" aria-label="Select call n1/none" disabled');
  const [, all = ''] = /class="pick-all" href="([^"]+)"/.exec(body) ?? [];
  const selected = await fixture.get(all.replaceAll('&amp;', '&'));
  expect(selected.body.match(/" checked>/g)).toHaveLength(15);
  fixture.flagForm = null;
  expect((await fixture.get('/calls')).body).not.toContain('class="pick"');
});

test('fifteen are flagged in one go, each in the audit log, and undone in one', async () => {
  await fixture.flags.flag(numberOf(0), 'scam', 'n1/c0', pageNow);
  const done = await flagMany({ ...picked(fifteen), word: 'scam', why: 'one wave', 'in:where': 'connected' });
  expect(done.status).toBe(303);
  expect(done.to).toMatch(/^\/calls\?where=connected&done=[\w-]{12}$/);
  for (const id of fifteen) expect(await flagsOf(id)).toEqual(['scam']);
  expect(fixture.flagged).toEqual([
    {
      event: 'flagged',
      calls: fifteen.slice(1),
      numbers: expect.arrayContaining([numberOf(0), numberOf(6)]),
      detail: 'scam: one wave',
    },
  ]);

  const { body } = await fixture.get(done.to);
  expect(text(body)).toContain('Flagged 14 calls as scam.');
  const [, form = ''] = /(<form class="undo".*?<\/form>)/s.exec(body) ?? [];
  expect(form).toContain('name="in:where" value="connected"');
  const [, batch = ''] = /name="batch" value="([^"]+)"/.exec(form) ?? [];
  const ofCaller = await fixture.get('/callers/of/n1/c1');
  expect(text(ofCaller.body)).toContain('Flagged 2 calls as scam');

  const undone = await post('/calls/unflag-many', { batch, 'in:where': 'connected' });
  expect(undone.to).toBe(`/calls?where=connected&done=${batch}`);
  // It was flagged before.
  expect(await flagsOf('n1/c0')).toEqual(['scam']);
  for (const id of fifteen.slice(1)) expect(await flagsOf(id)).toEqual([]);
  expect(text((await fixture.get(undone.to)).body)).toContain('Undone: 14 calls flagged as scam.');
  expect(text((await fixture.get('/callers/of/n1/c1')).body)).toMatch(/undone .*, ann/);
  expect(fixture.flagged).toHaveLength(2);
});

test('calls without a number, and calls that are not there, are left out and said', async () => {
  const done = await flagMany({ ...picked(['n1/c1', 'n1/none', 'n1/gone']), word: 'sales', why: 'x' });
  expect(text((await fixture.get(done.to)).body)).toContain(
    'Flagged 1 call as sales. 2 calls without a caller number were left out.',
  );
});

test('what cannot be read is refused, with a page that leads back', async () => {
  const hundred = Array.from({ length: 101 }, (_, n) => `n1/c${n}`);
  for (const [fields, words] of [
    [{ word: 'scam', why: 'x' }, 'No call was selected'],
    [{ ...picked(hundred), word: 'scam', why: 'x' }, 'At most 100 calls'],
    [{ ...picked(['n1/c1']), word: 'scam' }, 'Give a reason'],
    [{ ...picked(['n1/c1']), word: 'nice', why: 'x' }, 'A flag is sales, scam or wanted'],
    [{ ...picked(['n1/none']), word: 'scam', why: 'x' }, 'None of these calls'],
  ] as const) {
    const refused = await flagMany({ 'in:rule': 'x&y', ...fields });
    expect.soft(refused.status).toBe(400);
    expect.soft(text(refused.body)).toContain(words);
    expect.soft(refused.body).toContain('href="/calls?rule=x%26y"');
  }
  expect((await post('/calls/unflag-many', { batch: '../x' })).status).toBe(400);
  expect((await post('/calls/unflag-many', { batch: 'gone' })).status).toBe(400);
  expect(fixture.flagged).toEqual([]);
});

test('Redis away: it is said that some may be flagged', async () => {
  fixture.flags.away = true;
  const away = await flagMany({ ...picked(['n1/c1']), word: 'scam', why: 'x' });
  expect(away.status).toBe(503);
  expect(text(away.body)).toContain('It is safe to try again');
});
