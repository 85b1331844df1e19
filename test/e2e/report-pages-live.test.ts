import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import { openBrowser, openWindow, type Visit } from './browser.ts';

let lab: Lab;
let browser: Browser;
let visit: Visit;

beforeAll(async () => {
  lab = await Lab.up();
  browser = await openBrowser();
  visit = await openWindow(browser, lab.gatehouse.url);
  await visit.page.goto('/');
});

afterAll(async () => {
  await browser?.close();
  await lab?.down();
});

/** The whole page as it is read, numbers of lines aside. */
const shows = (text: string | RegExp) =>
  visit.page.locator('#live', { hasText: text }).waitFor({ timeout: 60_000 });

test('gatehouse serve: a call is on the page while it is screened, and its outcome afterward', async () => {
  await shows('All systems operational.');
  await shows('No calls are being screened.');
  const phone = await lab.ring({
    ...{ from: '+12125550131', displayName: 'Jo', to: '+13175550100' },
    // Until the page has shown it, on a busy machine too.
    steps: [{ hold: 15_000 }],
  });
  await shows('Playing prompt');
  const shown = await visit.page.locator('#now-calls').innerText();
  expect(shown).toContain('+1212•••••31');
  expect(shown).not.toContain('2125550131');
  await phone.finished();
  await shows(/Hung up\s*challenge: hung up/);
});

test('Redis stopped: since when, what waits, that calls are screened; and well again when it is back', async () => {
  await lab.redis.stop();
  await shows(/Redis is unavailable since \w+ \d+ \w+ \d{4}, [\d:]{8}\. No records are waiting/);
  const phone = await lab.ring({ from: '+12125550132', to: '+13175550100', steps: [{ hold: 10_000 }] });
  await shows('Playing prompt');
  await phone.finished();
  await shows(/One record is waiting in the outbox\. Calls are screened/);
  for (const path of ['/history', '/calls']) {
    const reply = await visit.page.request.get(path);
    expect(reply.status()).toBe(503);
    expect(await reply.text()).toContain('One record is waiting in the outbox; no record is lost.');
  }
  await lab.redis.start();
  await shows('All systems operational.');
  await visit.page.reload();
  await visit.page.locator('#now-latest tbody tr').nth(1).waitFor({ timeout: 60_000 });
  expect(await visit.page.locator('#now-latest tbody tr').count()).toBe(2);
});

test('nothing was asked of anybody else, and the page had nothing to complain of', () => {
  expect(visit.external).toEqual([]);
  expect(visit.complaints).toEqual([]);
});
