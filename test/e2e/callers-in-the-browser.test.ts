import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCallerFlags } from '../../src/history/redis-caller-flags.ts';
import { RedisExpectedCalls } from '../../src/history/redis-expected-calls.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import type { GrantedRole } from '../../src/report/access/role.ts';
import { RecordingLog } from '../fakes/recording-log.ts';
import { RedisProcess } from '../fakes/redis-process.ts';
import { RunningGatehouse } from '../report/access/running-gatehouse.ts';
import { findingsInEveryWindow, openBrowser, openWindow, type Visit, type VisitOptions } from './browser.ts';
import { centerExchange, centerSigner, patient, weekOfCalls } from './week-of-calls.ts';

const gatehouse = new RunningGatehouse();
const now = Date.now();
const calls = weekOfCalls(now);
let server: RedisProcess;
let redis: RedisClient;
let browser: Browser;
let people = 0;

const environment = () => ({ GATEHOUSE_REDIS_URL: server.url, GATEHOUSE_ACCESS: 'required' });

beforeAll(async () => {
  server = await RedisProcess.start({ settings: ['--maxmemory-policy', 'noeviction'] });
  redis = connectRedis(server.url, new RecordingLog());
  await redisReady(redis, 20_000);
  await new RedisCallStore(redis, 30 * 86_400_000).write(
    calls.map((outcome, id) => ({ id, callId: outcome.callId, kind: 'outcome', outcome })),
  );
  await gatehouse.start(environment());
  browser = await openBrowser();
  await signedIn('viewer', async ({ page }) => {
    await vi.waitFor(async () => expect((await page.goto('/callers'))?.status()).toBe(200), {
      timeout: 90_000,
      interval: 250,
    });
  });
});
afterAll(async () => {
  await browser?.close();
  redis?.disconnect();
  await gatehouse.stop();
  await server?.remove();
});

/** A window of somebody who signed in, as people do, with a token of this role. */
async function signedIn(
  role: GrantedRole,
  use: (visit: Visit) => Promise<void>,
  options: VisitOptions = {},
  site = gatehouse,
): Promise<void> {
  const { text } = await site.tokens.create({ name: `${role} ${++people}`, role, lastsMs: null }, Date.now());
  const visit = await openWindow(browser, site.url, options);
  try {
    const { page } = visit;
    await page.goto('/login');
    await page.getByLabel('Access token').fill(text);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/');
    await use(visit);
    expect(visit.external).toEqual([]);
  } finally {
    await visit.context.close();
  }
}

const pages = {
  callers: '/callers',
  'a caller': `/callers/of/${patient.callId}`,
  'an exchange': `/exchanges/${encodeURIComponent(centerExchange)}`,
  'a signer': `/signers/${encodeURIComponent(centerSigner)}`,
  'calls to select': '/calls?since=7d',
};
describe('each page', () => {
  for (const [name, path] of Object.entries(pages))
    it(`${name}: nothing that keeps people out, no complaint, no sideways scrolling`, () =>
      signedIn('analyst', async ({ page, complaints }) => {
        expect((await page.goto(path))?.status()).toBe(200);
        expect(await findingsInEveryWindow(page)).toEqual([]);
        expect(complaints).toEqual([]);
      }));
});

describe('tasks', () => {
  it('who calls most this week, from which exchange and signer: one click', () =>
    signedIn('analyst', async ({ page }) => {
      await page.goto('/');
      await page.getByRole('link', { name: 'Callers' }).click();
      const first = await page.locator('tbody tr').first().innerText();
      expect(first).toContain('+17862030101');
      expect(first).toContain(centerExchange);
      expect(first).toContain(centerSigner);
      expect(page.url()).toBe(`${gatehouse.url}/callers`);
    }));

  it('calls of one center after a moment, such as its opt-out: two clicks and the time', () =>
    signedIn('analyst', async ({ page }) => {
      await page.goto(pages['an exchange']);
      expect(await page.locator('.story').innerText()).toMatch(/^24 calls from 15 numbers/);
      await page.locator('.own-range summary').click();
      await page.getByLabel('From').fill(localMinute(now - 2 * 86_400_000));
      await page.getByRole('button', { name: 'Show' }).click();
      await page.waitForURL('**/exchanges/*?since=*');
      expect(await page.locator('.story').innerText()).toMatch(/^15 calls from 15 numbers/);
    }));

  it('a caller who opted out: when, and one click to the calls since', async () => {
    await new RedisCallerFlags(redis).optOut('+17862030101', now - 2 * 86_400_000);
    await signedIn('analyst', async ({ page }) => {
      await page.goto(
        `/callers/of/${calls.find(({ facts }) => facts.caller.number === '+17862030101')?.callId}`,
      );
      expect(await page.locator('.story').innerText()).toMatch(/Opted out on .*; 1 call since\./);
      await page.locator('.facts a', { hasText: /^1 call$/ }).click();
      expect(await page.locator('tbody tr').count()).toBe(1);
    });
  });

  it('fifteen calls are flagged in two clicks and a reason, and all of it is undone in one', () =>
    signedIn('analyst', async ({ page }) => {
      const flags = new RedisCallerFlags(redis);
      const flagged = async () => {
        const found = await Promise.all(
          calls.map(({ callId, facts }) => flags.read(facts.caller.number ?? '', callId)),
        );
        return found.filter(({ ofCall }) => ofCall.includes('scam')).length;
      };
      await page.goto(`/calls?since=1d&exchange=${encodeURIComponent(centerExchange)}`);
      await page.getByLabel('Select all 15').check();
      await page.getByLabel('Reason (required)').fill('warranty calls of one center');
      await page.getByRole('button', { name: 'Flag selected as scam' }).click();
      await page.getByText('Flagged 15 calls as scam.').waitFor();
      expect(await flagged()).toBe(15);
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('Undone: 15 calls flagged as scam.').waitFor();
      expect(await flagged()).toBe(0);
      expect(page.url()).toContain('exchange=');
    }));

  it('the same without scripts', () =>
    signedIn(
      'analyst',
      async ({ page }) => {
        await page.goto(`/calls?since=1d&exchange=${encodeURIComponent(centerExchange)}`);
        await page.getByRole('link', { name: 'Select all 15' }).click();
        await page.getByLabel('Reason (required)').fill('one wave');
        await page.getByRole('button', { name: 'Flag selected as sales' }).click();
        await page.getByText('Flagged 15 calls as sales.').waitFor();
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('Undone: 15 calls').waitFor();
      },
      { scripts: false },
    ));
});

describe('actions', () => {
  it('an analyst expects a caller: it is in Redis and in the audit log, and still undone by one click on another node', async () => {
    const expected = new RedisExpectedCalls(redis);
    await signedIn('analyst', async ({ page }) => {
      await page.goto(pages['a caller']);
      await page.getByRole('button', { name: 'For 7 days' }).click();
      // Without a reason the browser sends nothing.
      expect(page.url()).not.toContain('done=');
      await page.getByLabel('Reason (required)').fill('lab results');
      await page.getByRole('button', { name: 'For 7 days' }).click();
      await page.locator('.notice.done', { hasText: 'lab results' }).waitFor();
    });
    expect(await expected.ofCaller(patient.number, Date.now())).toMatchObject([{ why: 'lab results' }]);
    const audit = new AuditLog(join(gatehouse.dir, 'data'));
    const noted = await audit.read(10, ({ event }) => event === 'expected');
    expect(noted).toMatchObject([
      {
        who: expect.stringMatching(/^analyst/),
        role: 'analyst',
        detail: expect.stringMatching(/: lab results$/),
      },
    ]);
    expect(JSON.stringify(noted)).not.toContain(patient.number.slice(2));

    const restarted = new RunningGatehouse();
    try {
      await restarted.start(environment());
      const open = async ({ page }: Visit) => {
        await vi.waitFor(
          async () => {
            await page.goto(pages['a caller']);
            await page.getByRole('heading', { name: 'What staff did' }).waitFor({ timeout: 1000 });
          },
          { timeout: 90_000, interval: 250 },
        );
        await page.locator('section[aria-labelledby=h-done]').getByRole('button', { name: 'Undo' }).click();
        await page.getByText(/^Undone: Expected until/).waitFor();
      };
      await signedIn('analyst', open, {}, restarted);
    } finally {
      await restarted.stop();
    }
    expect(await expected.ofCaller(patient.number, Date.now())).toEqual([]);
  });

  it('a viewer is offered nothing, and is refused with a page', () =>
    signedIn('viewer', async ({ page, context }) => {
      for (const path of [pages.callers, pages['a caller'], pages['a signer'], pages['calls to select']]) {
        await page.goto(path);
        expect(await page.locator('form[method=post]').count(), path).toBe(1); // To sign out.
        const content = await page.content();
        for (const { facts } of calls) expect(content).not.toContain(facts.caller.number?.slice(2));
      }
      const csrf = (await page.locator('input[name=_csrf]').first().getAttribute('value')) ?? '';
      const form = {
        call: patient.callId,
        id: patient.callId,
        why: 'x',
        word: 'scam',
        flag: 'scam',
        _csrf: csrf,
      };
      const headers = { accept: 'text/html', origin: gatehouse.url };
      for (const path of [
        '/callers/flag',
        '/callers/expect',
        '/callers/undo',
        '/calls/flag',
        '/calls/flag-many',
      ]) {
        const reply = await context.request.post(path, { form, headers });
        expect.soft(reply.status(), path).toBe(403);
        expect.soft(await reply.text(), path).toContain('Your role does not allow this.');
      }
      expect((await page.goto(pages['an exchange']))?.status()).toBe(403);
      expect((await new RedisCallerFlags(redis).read(patient.number, patient.callId)).ofCall).toEqual([]);
    }));
});

/** As a field of date and time takes it. */
function localMinute(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
