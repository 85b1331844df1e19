import { afterEach, beforeEach, expect, test } from 'vitest';
import { sampleOutcome } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture();
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const plain = (href: string) => href.replaceAll('&amp;', '&');

test('a filter that cannot be read shows no call, keeps what was typed, and says why', async () => {
  fixture.records.add(record('a'));
  for (const [query, why, kept] of [
    [
      'where=vociemail&rule=everyone-else',
      'Result: unknown value. Nothing is shown.',
      'value="vociemail" selected',
    ],
    ['caller=hello', 'Caller number: not a phone number. Nothing is shown.', 'name="caller" value="hello"'],
    ['hour=noon', 'write an hour of the week as mon-09', 'name="hour" value="noon"'],
  ] as const) {
    const { status, body } = await fixture.get(`/calls?${query}`);
    expect(status).toBe(400);
    expect(body).toContain(why);
    expect(body).toContain(kept);
    expect(body).not.toContain('/calls/n1/a');
    expect((await fixture.get(`/export/calls.csv?${query}`)).status).toBe(400);
  }
  const { body } = await fixture.get('/calls?where=vociemail&rule=everyone-else');
  expect(body).toContain('name="rule" value="everyone-else"');
});

test('filters go along when the time changes, and come off one by one', async () => {
  fixture.records.add(record('a'));
  const { body } = await fixture.get('/calls?since=7d&rule=everyone-else&where=connected&order=oldest');
  const links = [...body.matchAll(/href="(\/calls\?[^"]*)"/g)].map(([, href = '']) => plain(href));
  for (const query of [
    'where=connected&rule=everyone-else&order=oldest&since=yesterday&until=today',
    'since=7d&order=oldest&where=connected',
    'since=7d&order=oldest&rule=everyone-else',
    'since=7d&order=oldest',
  ])
    expect(links).toContain(`/calls?${query}`);
  const form = /<details class="own-range">[\s\S]*?<\/form>/.exec(body)?.[0] ?? '';
  for (const hidden of ['name="rule" value="everyone-else"', 'name="where" value="connected"'])
    expect(form).toContain(`<input type="hidden" ${hidden}>`);
});

test('every total, bar and cell leads to as many calls as it says', async () => {
  const { challenge, decision } = sampleOutcome('x');
  if (challenge === null || decision === null) throw new Error('the sample is challenged');
  const [attempt] = challenge.attempts;
  const quit = attempt && [{ ...attempt, result: 'hung-up' as const, promptAtMs: 0, endedAtMs: 3400 }];
  const reject = { kind: 'reject', sip: 607, announcement: null, language: 'en' } as const;
  const watched = { ...decision, monitored: [{ rule: 'war-dialing', verdict: reject }] };
  const silent = { ...challenge, result: 'silent', language: 'es' } as const;
  fixture.records.add(record('a'));
  fixture.records.add(record('b', { exit: { kind: 'voicemail', box: 'general' }, decision: watched }));
  fixture.records.add(record('c', { challenge: { ...challenge, result: 'gave-up', attempts: quit ?? [] } }));
  fixture.records.add(record('d', { challenge: silent, decision: null }));
  let checked = 0;
  for (const path of ['/history', '/harm', '/rules', '/history?since=30d']) {
    const { body } = await fixture.get(path);
    const links = [...body.matchAll(/<a href="(\/calls(?:\?[^"]*)?)"[^>]*>([\s\S]*?)<\/a>/g)];
    for (const [, href = '', words = ''] of links) {
      // In a picture the number is at the end of its title.
      const title = /<title>[^<]*: (\d+) calls?<\/title>/.exec(words)?.[1];
      const said = title ?? /^(\d+)(?: calls?)?(?: |$)(?!%)/.exec(text(words).trim())?.[1];
      if (said === undefined) continue;
      const found = (await fixture.get(plain(href))).body;
      expect.soft(found.match(/href="\/calls\/n1\/\w"/g)?.length ?? 0, href).toBe(Number(said));
      checked++;
    }
  }
  expect(checked).toBeGreaterThan(300);
});

test('an export has every row, however many there are, as csv and as JSON', async () => {
  for (let n = 0; n < 1203; n++) fixture.records.add(record(`c${n}`));
  const csv = (await fixture.get('/export/calls.csv?rule=everyone-else')).body.split('\r\n');
  expect(csv).toHaveLength(1203 + 2);
  expect(csv[0]).toMatch(/^time,call,sip_call_id,caller,/);
  const { body } = await fixture.get('/export/calls.json');
  const calls = JSON.parse(body) as { readonly outcome: { readonly callId: string } }[];
  expect(new Set(calls.map(({ outcome }) => outcome.callId)).size).toBe(1203);
  expect((await fixture.get('/export/rule.csv')).body).toBe('rule,calls\r\neveryone-else,1203\r\n');
  expect(JSON.parse((await fixture.get('/export/rules.json')).body)).toContainEqual(
    expect.objectContaining({ rule: 'everyone-else', decided: 1203 }),
  );
});

test('each export that a page offers is there, as a download', async () => {
  fixture.records.add(record('a'));
  let offered = 0;
  for (const path of ['/', '/history', '/calls?since=7d', '/harm', '/rules', '/lists'])
    for (const [, href = ''] of (await fixture.get(path)).body.matchAll(/href="(\/export\/[^"]*)"/g)) {
      const reply = await fixture.app.inject(plain(href));
      expect.soft([href, reply.statusCode]).toEqual([href, 200]);
      expect.soft(reply.headers['content-disposition']).toMatch(/^attachment; filename="gatehouse-/);
      offered++;
    }
  expect(offered).toBeGreaterThan(20);
});
