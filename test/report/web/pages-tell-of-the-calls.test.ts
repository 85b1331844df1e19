import { afterEach, beforeEach, expect, test } from 'vitest';
import { busyMonth } from '../../fakes/busy-month.ts';
import { sampleOutcome } from '../../fakes/sample-outcome.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture();
});
afterEach(() => fixture.app.close());

const text = (body: string) => body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

test('no calls at all: every page says so and stands', async () => {
  for (const path of ['/', '/history', '/calls', '/harm', '/rules', '/lists'])
    expect.soft((await fixture.get(path)).status, path).toBe(200);
  expect((await fixture.get('/history')).body).toContain('No calls in this time range.');
  expect((await fixture.get('/harm')).body).toContain('No caller was challenged in this time range.');
});

test('history: what became of calls is counted, drawn, and said in a table of the same numbers', async () => {
  const exit = { kind: 'voicemail', box: 'general' } as const;
  for (const id of ['a', 'b', 'c']) fixture.records.add(record(id));
  fixture.records.add(record('d', { exit }));
  const { body } = await fixture.get('/history');
  expect(text(body)).toContain('4 calls 3 Connected 75 % 1 Voicemail 25 %');
  expect(body.match(/<svg class="on-(wide|narrow)"/g)).toHaveLength(4);
  expect(text(body)).toMatch(/Hour Calls Connected Voicemail .*\d\d:00 4 3 1/);
  expect(text(body)).toContain('everyone-else 4 100 %');
});

test('a time range goes along from page to page, and one that cannot be read is said', async () => {
  const { body } = await fixture.get('/history?since=7d');
  expect(body).toContain('href="/calls?since=7d"');
  expect(body).toMatch(/href="\/history\?since=7d" aria-current="true"/);
  for (const path of ['/history', '/calls', '/harm', '/rules']) {
    const wrong = await fixture.get(`${path}?since=yesterdya`);
    expect(wrong.status).toBe(400);
    expect(wrong.body).toContain('Invalid time.');
    expect(wrong.body).toContain('name="since" value="yesterdya"');
    expect(wrong.body).not.toContain('everyone-else</');
  }
});

test('calls: fifty on a page, then older ones with the same filter', async () => {
  for (let n = 0; n < 60; n++) fixture.records.add(record(`c${n}`));
  const first = (await fixture.get('/calls?rule=everyone-else')).body;
  expect(first.match(/href="\/calls\/n1\/c\d+"/g)).toHaveLength(50);
  const older = /rel="next" href="([^"]+)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect(older).toContain('rule=everyone-else');
  const second = (await fixture.get(older)).body;
  expect(second.match(/href="\/calls\/n1\/c\d+"/g)).toHaveLength(10);
  expect((await fixture.get('/calls?where=voicemail')).body).toContain('No matching calls.');
});

test('one call: facts, trace with file and line, digits with times, exit and later life', async () => {
  fixture.records.add({ ...record('one'), afterExit: { answeredMs: 9000, talkMs: 61_000, cause: 16 } });
  const said = text((await fixture.get('/calls/n1/one')).body);
  expect(said).toContain('attempt 1: pressed 1, wanted 1; right');
  expect(said).toContain('4.12 s first answer');
  expect(said).toContain('everyone-else policy.yaml:42 yes no condition');
  expect(said).toContain('Answered 9.00 s after arrival');
  expect(said).toContain('Talked 1 min 1 s');
  expect(said).toContain('ended normally (Q.850 cause 16)');
  expect(said).toContain('gatehouse explain --call=n1/one');
});

test('one call decided by an older policy: what the rules would say today', async () => {
  const { decision } = sampleOutcome('n1/old');
  fixture.records.add(
    record('old', { decision: decision && { ...decision, policyVersion: 'aaaaaaaaaaaa' } }),
  );
  const said = text((await fixture.get('/calls/n1/old')).body);
  expect(said).toContain('Under the current policy, rule decided-today would decide');
});

test('a call that is not known is answered 404, and one can be opened by its SIP Call-ID', async () => {
  fixture.records.add(record('one'));
  expect((await fixture.get('/calls/n1/none')).status).toBe(404);
  const found = await fixture.app.inject(`/calls/find?id=${encodeURIComponent('n1/one@carrier.example')}`);
  expect(found.statusCode).toBe(302);
  expect((await fixture.get(String(found.headers.location))).status).toBe(200);
  expect((await fixture.app.inject('/calls/find?id=//evil.example/')).headers.location).toMatch(/^\/calls\//);
});

test('harm: silence against wrong digits, seconds of hang-ups, and who was known later', async () => {
  const { challenge, decision } = sampleOutcome('x');
  if (challenge === null || decision === null) throw new Error('the sample is challenged');
  const [attempt] = challenge.attempts;
  const missed = {
    exit: { kind: 'voicemail', box: 'main' },
    decision: { ...decision, known: true },
  } as const;
  const quit = attempt && [{ ...attempt, result: 'hung-up' as const, promptAtMs: 0, endedAtMs: 3400 }];
  fixture.records.add(record('p'));
  fixture.records.add(record('s', { ...missed, challenge: { ...challenge, result: 'silent' } }));
  fixture.records.add(
    record('g', { ...missed, challenge: { ...challenge, result: 'gave-up', attempts: quit ?? [] } }),
  );
  const where = { pattern: null, note: null, line: 3, expiresAt: null, expired: false };
  fixture.hits = [
    { ...where, list: 'blocked', blocks: true, name: null },
    { ...where, list: 'customers', blocks: false, name: 'Acme' },
  ];
  const said = text((await fixture.get('/harm')).body);
  expect(said).toContain('33 % pass rate of 3 challenged');
  expect(said).toMatch(/Second Callers 3 1/);
  expect(said).toContain(
    'hung up in the challenge, did not pass 2 times, known when they called, on the list customers now',
  );
  expect(said).not.toContain('on the list blocked');
  expect(said).toContain('English 3 challenged 3 33 %');
});

test('rules: hits in order, rules that are gone, flips of monitored ones, and reloads with their errors', async () => {
  const { decision } = sampleOutcome('x');
  const flip = {
    rule: 'war-dialing',
    verdict: { kind: 'reject', sip: 607, announcement: null, language: 'en' },
  } as const;
  fixture.records.add(record('a', { decision: decision && { ...decision, monitored: [flip] } }));
  fixture.records.add(record('b', { decision: decision && { ...decision, rule: 'of-last-week' } }));
  const problem = {
    severity: 'error',
    code: 'unknown-list',
    file: 'policy.yaml',
    line: 12,
    column: 5,
  } as const;
  const problems = [{ ...problem, message: 'there is no list custmers', remedy: 'write customers' }];
  const reload = { ok: false, version: 'v1', before: 'v1', problemCount: 21, problems };
  fixture.policy = { ...fixture.policy, reloads: [{ at: pageNow, ...reload }] };
  const said = text((await fixture.get('/rules')).body);
  expect(said).toContain('of-last-week no longer in the rules 1 50 %');
  expect(said).toContain('war-dialing 1 challenge → reject: 1 call');
  expect(said).toContain('policy.yaml:12:5 error: there is no list custmers write customers');
  expect(said).toContain('and 20 more');
});

test('rules: cases that hold, and those that do not', async () => {
  fixture.cases = { at: pageNow, passed: 3, skipped: 1, failed: [] };
  expect(text((await fixture.get('/rules')).body)).toContain('All 3 test cases pass, 1 skipped; last run');
  const failed = [{ description: 'dispatch calls back', why: 'it was challenged', place: 'cases/a.yaml:7' }];
  fixture.cases = { at: pageNow, passed: 3, skipped: 0, failed };
  const said = text((await fixture.get('/rules')).body);
  expect(said).toContain('1 of 4 test cases fail');
  expect(said).toContain('dispatch calls back it was challenged cases/a.yaml:7');
});

test('a page that fails says so and no more; the log has the reason', async () => {
  fixture.records.add(record('odd', { timings: null as never }));
  const { status, body } = await fixture.get('/calls/n1/odd');
  expect(status).toBe(500);
  expect(text(body)).toContain('Something went wrong');
  expect(body).not.toContain('TypeError');
  expect(fixture.errors).toHaveLength(1);
});

test('a year of calls is drawn by weeks, and its hours of the week are told too', async () => {
  fixture.records.add(record('a'));
  const said = text((await fixture.get('/history?since=365d')).body);
  expect(said).toContain('Week from');
  expect(said).toContain('Calls by weekday and hour');
});

test('pages ask for counts and single pages, whatever the number of calls', async () => {
  for (const one of busyMonth(pageNow, 30, 100)) fixture.records.add(one);
  const { asked } = fixture.records;
  for (const path of ['/', '/history?since=30d', '/calls?since=30d', '/harm?since=30d', '/rules?since=30d'])
    expect.soft((await fixture.get(path)).status, path).toBe(200);
  expect(asked).toEqual({ page: 2, call: 0, counts: 12, summary: 0, topCallers: 0 });
});
