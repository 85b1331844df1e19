import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordsDeadlineMs } from '../../../src/report/web/answered.ts';
import { type PageFixture, pageFixture, pageNow, record } from './page-fixture.ts';

let fixture: PageFixture;
beforeEach(() => {
  fixture = pageFixture([record('one')]);
});
afterEach(async () => {
  vi.useRealTimers();
  await fixture.app.close();
});

test('all is well: Now says so', async () => {
  const { status, body } = await fixture.get('/');
  expect(status).toBe(200);
  expect(body).toContain('Calls are being screened.');
});

test('Redis away: since when, how many outcomes wait, and that calls are screened', async () => {
  fixture.records.away = true;
  fixture.health = {
    ...fixture.health,
    redis: { up: false, state: 'reconnecting', since: pageNow - 600_000 },
    backlog: 12_000,
  };
  const { status, body } = await fixture.get('/');
  expect(status).toBe(200);
  const text = body.replace(/<[^>]*>/g, '');
  expect(text).toMatch(
    /Redis is unavailable since \w+ \d+ \w+ \d{4}, [\d:]{8}\. 12,000 records are waiting in the outbox\. Calls are screened/,
  );
});

test('a disk that takes nothing, and records that Redis refuses', async () => {
  const failing = { since: pageNow - 60_000, error: 'Error: database or <disk> is full' };
  fixture.health = {
    ...fixture.health,
    outbox: { failing, inMemory: 12, inSecondPlace: 11, setAside: 3 },
  };
  const { body } = await fixture.get('/');
  expect(body).not.toContain('<disk>');
  const text = body.replace(/<[^>]*>/g, ' ').replace(/ +/g, ' ');
  expect(text).toMatch(
    /Writing records to disk has failed since .*12 calls are held in memory, 11 of them also saved in the spool folder/,
  );
  expect(text).toContain('Redis refuses 3 records.');
  expect(text).toContain('Disk writes fail');
  expect(text).not.toContain('All systems operational');
});

for (const path of ['/history', '/calls', '/calls/n1/one', '/calls/explain?id=n1%2Fone', '/harm'])
  test(`${path} answers 503 with the reason, and where to look`, async () => {
    fixture.records.away = true;
    fixture.health = { ...fixture.health, redis: { up: false, state: 'end', since: pageNow }, backlog: 1 };
    const { status, body } = await fixture.get(path);
    expect(status).toBe(503);
    expect(body).toContain('Redis is unavailable');
    expect(body).toContain(
      'One record is waiting in the outbox; no record is lost. Calls are still screened.',
    );
  });

test('the rules and the lists are shown without Redis', async () => {
  fixture.records.away = true;
  const { status, body } = await fixture.get('/rules');
  expect(status).toBe(200);
  expect(body).toContain('Redis is not responding');
  expect(body).toContain('everyone-else');
  expect((await fixture.get('/lists')).status).toBe(200);
});

test('a frozen Redis costs a page its deadline, no more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  fixture.records.frozen = true;
  const asked = fixture.get('/history');
  await vi.advanceTimersByTimeAsync(recordsDeadlineMs + 10);
  expect((await asked).status).toBe(503);
});

test('Asterisk away, outbox sending, rules refused, a list with an error: each is said', async () => {
  const since = pageNow - 60_000;
  fixture.health = { ...fixture.health, ari: { up: false, state: 'connecting', since }, backlog: 1 };
  fixture.policy = { ...fixture.policy, refused: { at: since, problems: [] } };
  fixture.lists = [
    {
      ...{ id: 'blocked', about: null, source: 'x', size: 1, skippedRows: 0 },
      readAt: null,
      changedAt: null,
      error: 'empty',
      problems: [],
    },
  ];
  const text = (await fixture.get('/')).body.replace(/<[^>]*>/g, '');
  expect(text).toContain('Asterisk is disconnected since');
  expect(text).toContain('Calls go to the operators unscreened');
  expect(text).toContain('One record is waiting in the outbox and is being sent to Redis.');
  expect(text).toContain('The last good policy, 5f2d7c1b9a3e, stays in force.');
  expect(text).toContain('A list failed to reload.');
});
