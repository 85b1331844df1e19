import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleFacts } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([
    record('one'),
    record('two', {
      facts: sampleFacts('n1/two', {
        caller: { number: '+13175550177', reason: null, raw: '+13175550177', displayName: 'Bea Öztürk' },
        called: { number: '+13175550100', raw: '3175550100' },
      }),
    }),
  ]);
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
async function find(q: string): Promise<{ status: number; to: string; body: string }> {
  const url = `/search?${new URLSearchParams({ q })}`;
  const { statusCode: status, headers, body } = await fixture.app.inject(url);
  return { status, to: String(headers.location ?? ''), body };
}
const cardiology = () => {
  const name = 'Cardiology, Dr. X';
  const entry = { list: 'departments', pattern: null, note: null, line: 1, expiresAt: null };
  fixture.hits = [{ ...entry, name, blocks: false, expired: false }];
};

test.each([
  ['n1/two', '/calls/n1/two'],
  ['n1/two@carrier.example', '/calls/n1/two'],
  ['+13175550177', '/callers/of/n1/two'],
  ['0177', '/callers/of/n1/two'],
  ['(317) 555-01 77', '/callers/of/n1/two'],
  ['bea ö', '/calls?since=7d&name=bea+%C3%B6'],
  ['war-dialing', '/calls?since=7d&rule=war-dialing'],
  ['+13175550100', '/calls?since=7d&called=%2B13175550100'],
])('%s leads straight to the one thing', async (q, to) => {
  expect(await find(q)).toMatchObject({ status: 303, to });
});

test('the name of a number of ours leads to its calls', async () => {
  cardiology();
  const { body } = await find('dr. x');
  expect(text(body)).toContain('Our numbers Cardiology, Dr. X , +13175550000 1 call in 90 days');
  expect(body).toContain('href="/calls?since=7d&amp;called=%2B13175550100"');
});

test('what may be several things is a short page of groups; the words stay in the box', async () => {
  const { status, body } = await find('317555');
  expect(status).toBe(200);
  expect(body).toContain('name="q" type="search" value="317555"');
  expect(text(body)).toContain('4 found for 317555');
  for (const title of ['Our numbers', 'Callers']) expect(body).toContain(`<h2>${title}</h2>`);
  expect(text((await find('everyone else there')).body)).toContain('Nothing found for everyone else there');
  expect((await find('')).status).toBe(200);
});

test('a viewer finds numbers of ours, and no caller by any digits', async () => {
  fixture.whole = false;
  for (const q of ['+13175550177', '0177', '177', '(317) 555 01', '317 555 017']) {
    const { to, body } = await find(q);
    expect.soft(to, q).not.toContain('caller');
    expect.soft(body, q).not.toMatch(/<h2>Callers<|callers\/of|caller=|name=%|\?name=/);
  }
  expect(text((await find('0177')).body)).toContain('finding one by number requires the analyst role');
  expect((await find('+13175550100')).to).toBe('/calls?since=7d&called=%2B13175550100');
  fixture.records.add(
    record('digits', {
      facts: sampleFacts('n1/digits', {
        caller: { number: '+13175550188', reason: null, raw: '', displayName: 'Tel 3175550188' },
      }),
    }),
  );
  expect(text((await find('Tel 3175550188')).body)).toContain('Nothing found');
  expect((await find('Tel')).to).toBe('/calls?since=7d&name=Tel');
  const asked = await fixture.get('/calls?name=Tel%203175&since=7d');
  expect(asked.status).toBe(400);
  expect(text(asked.body)).toContain('searching for digits in names requires the analyst role');
});

test('a long text and hostile text are searched as text', async () => {
  const { status, body } = await find(`${'%_'.repeat(300)}<img src=x>`);
  expect(status).toBe(200);
  expect(body).not.toContain('<img src=x>');
  expect(body.length).toBeLessThan(20_000);
  for (const q of ['%', '%%%', "' OR 1=1 --", '\u202e', '+++', '...'])
    expect((await find(q)).status).toBe(200);
});

test('without the records rules are found all the same, and it is said', async () => {
  fixture.records.away = true;
  expect((await find('war-dialing')).to).toBe('/calls?since=7d&rule=war-dialing');
  expect(text((await find('0177')).body)).toContain('The records do not answer');
});
