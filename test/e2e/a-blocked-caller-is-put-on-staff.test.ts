import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { freePort } from '../../lab/free-ports.ts';
import { recordsSocket } from '../../src/call-store/projection/projection-messages.ts';
import { SocketCallRecords } from '../../src/call-store/projection/socket-call-records.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerActions } from '../../src/history/redis-caller-actions.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisCallerHistory } from '../../src/history/redis-caller-history.ts';
import { RedisExpectedCalls } from '../../src/history/redis-expected-calls.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { localAccess } from '../../src/report/access/access-options.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { Tokens } from '../../src/report/access/tokens.ts';
import { HttpServer } from '../../src/report/http-server.ts';
import type { PageDeps } from '../../src/report/web/page-deps.ts';
import { registerPages } from '../../src/report/web/register-pages.ts';
import { FakeListEdits } from '../fakes/fake-list-edits.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { RunningGatehouse } from '../report/access/running-gatehouse.ts';
import { calmHealth } from '../report/api/calm-sources.ts';
import { openBrowser, openWindow, type Visit } from './browser.ts';
import { patient, weekOfCalls } from './week-of-calls.ts';

const dir = mkdtempSync(join(tmpdir(), 'gatehouse-lists-'));
const log = new RecordingLog();
const edits = new FakeListEdits();
/** Follows the records. */
const gatehouse = new RunningGatehouse();
const records = new SocketCallRecords(recordsSocket(join(gatehouse.dir, 'data')));
let server: RedisProcess;
let redis: RedisClient;
let web: HttpServer;
let browser: Browser;
let url = '';

beforeAll(async () => {
  server = await RedisProcess.start({ settings: ['--maxmemory-policy', 'noeviction'] });
  redis = connectRedis(server.url, log);
  await redisReady(redis, 20_000);
  const calls = weekOfCalls(Date.now());
  await new RedisCallStore(redis, 30 * 86_400_000).write(
    calls.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  await gatehouse.start({ GATEHOUSE_REDIS_URL: server.url });
  // Pages answer once every call of their time is read, which is later than that one call is found.
  await vi.waitFor(
    async () => {
      const range = { since: 0, until: Date.now() };
      expect((await records.topCallers(range, 1)).calls).toBe(calls.length);
    },
    { timeout: 90_000, interval: 250 },
  );
  const flags = new RedisCallerFlags(redis);
  const history = new RedisCallerHistory(redis);
  const deps = {
    records,
    flagging: {
      ...{ flags, actions: new RedisCallerActions(redis) },
      form: ({ visitor }) => visitor,
      note: (request, action) => request.noteAction(action),
    },
    callers: {
      history: (facts) => history.read(facts, 1000),
      optedOutAt: (caller) => flags.optedOutAt(caller),
      expected: new RedisExpectedCalls(redis),
    },
    listEdits: edits,
    live: { calls: () => [], health: () => ({}) as ReturnType<PageDeps['live']['health']> },
    policy: { canonical: (text: string) => text, rules: () => [] } as Partial<
      PageDeps['policy']
    > as PageDeps['policy'],
    lists: { all: () => [], find: (number) => edits.find(number) },
    now: Date.now,
    numbers: (request) => request.numbers,
    log,
  } satisfies Partial<PageDeps> as PageDeps;
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  web = new HttpServer({
    ...{ host: '127.0.0.1', port, log, records: deps.records, health: () => calmHealth },
    access: { ...localAccess(dir, log), mode: 'required' },
    reload: () => Promise.reject(new Error('not asked for')),
    routes: [(app) => registerPages(app, deps)],
  });
  await web.listen();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
  records.close();
  redis?.disconnect();
  await gatehouse.stop();
  await server?.remove();
  rmSync(dir, { recursive: true, force: true });
});

/** Of an admin. */
async function window(name: string): Promise<Visit> {
  const { text } = await new Tokens(dir).create({ name, role: 'admin', lastsMs: null }, Date.now());
  return openWindow(browser, url, { headers: { authorization: `Bearer ${text}` } });
}

test('unblock a caller and add to staff: two clicks and a reason; one more undoes it', async () => {
  const row = { number: patient.number, name: null, expiresAt: null, who: 'night shift' };
  await edits.add({ ...row, list: 'blocked', reason: 'sounded like a robot' });
  const { page, context, complaints } = await window('ann');
  await page.goto('/callers');
  await page.getByRole('link', { name: patient.number }).first().click();
  await page.waitForURL('**/callers/of/**');
  expect(await page.locator('.story').innerText()).toContain('On the block list blocked.');
  await page.getByLabel('Reason (required)').fill('is Dr. Meyer, on call at home');
  await page.getByRole('button', { name: 'Add to staff' }).click();
  await page.getByText('Removed from blocked, added to staff').first().waitFor();
  expect(edits.find(patient.number)).toMatchObject([
    { list: 'staff', note: 'is Dr. Meyer, on call at home' },
  ]);
  expect(await page.locator('.story').innerText()).toContain('On the list staff.');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.getByText(/^Undone: Removed from blocked/).waitFor();
  expect(edits.find(patient.number)).toMatchObject([{ list: 'blocked', note: 'sounded like a robot' }]);
  const noted = await new AuditLog(dir).read(10, ({ event }) => event === 'listed');
  expect(noted.map(({ who, detail }) => [who, detail])).toEqual([
    ['ann', 'undone: removed blocked, added staff'],
    ['ann', 'removed blocked, added staff: is Dr. Meyer, on call at home'],
  ]);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a list edit that would break a proof is refused, with the reason', async () => {
  edits.refuses = { list: 'blocked', why: 'staff must always pass' };
  const { page, context } = await window('bea');
  await page.goto('/callers/of/n1/stranger-1');
  await page.getByLabel('Reason (required)').fill('robot');
  await page.getByRole('button', { name: 'Add to blocked' }).click();
  await page.getByText('staff must always pass').waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await page.waitForURL('**/callers/of/n1/stranger-1');
  await context.close();
});
