import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { analystHeaders } from './analyst.ts';
import {
  findingsInEveryWindow,
  openBrowser,
  openWindow,
  overflow,
  type Visit,
  type VisitOptions,
} from './browser.ts';
import { outcomeOfRule, type PageName, pageNames, pagePaths, ringMorning } from './ring-morning.ts';

let lab: Lab;
let browser: Browser;
let outcomes: readonly Outcome[];
let paths: Readonly<Record<PageName, string>>;
let analyst: { authorization: string };

beforeAll(async () => {
  lab = await Lab.up();
  outcomes = await ringMorning(lab);
  paths = pagePaths(outcomes);
  analyst = await analystHeaders(lab);
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await lab?.down();
});

const whole = (): VisitOptions => ({ headers: analyst });

/** Opens a window on the running `gatehouse serve`, and shuts it whatever happens inside. By default a viewer, who sees masked numbers. */
async function visiting(options: VisitOptions, use: (visit: Visit) => Promise<void>): Promise<void> {
  const visit = await openWindow(browser, lab.gatehouse.url, options);
  try {
    await use(visit);
  } finally {
    await visit.context.close();
  }
}

describe('each page of gatehouse serve in Chromium, on what real calls left in Redis', () => {
  for (const name of pageNames)
    it(`${name}: nothing that keeps people out, nothing from elsewhere, no complaint, no sideways scrolling`, () =>
      visiting(whole(), async ({ page, external, complaints }) => {
        const reply = await page.goto(paths[name]);
        expect(reply?.status()).toBe(name === 'no such call' ? 404 : 200);
        expect(await findingsInEveryWindow(page)).toEqual([]);
        expect(external).toEqual([]);
        // Chromium itself notes a page that is answered 404.
        const own = complaints.filter((words) => name !== 'no such call' || !/status of 404/.test(words));
        expect(own).toEqual([]);
      }));
});

describe('what the pages show', () => {
  it('each call of the morning is on the page of calls, and in the counts', () =>
    visiting({}, async ({ page }) => {
      await page.goto('/calls');
      expect(await page.locator('tbody tr').count()).toBe(outcomes.length);
      await page.goto('/history');
      expect(await page.locator('.totals .big').first().textContent()).toBe(String(outcomes.length));
    }));

  it('a filter leaves those that it asks for', () =>
    visiting({}, async ({ page }) => {
      const wanted = outcomes.filter(
        ({ exit, decision }) => exit.kind === 'connect' && decision?.verdict.kind === 'challenge',
      );
      await page.goto(paths.filtered);
      expect(await page.locator('tbody tr').count()).toBe(wanted.length);
    }));

  it('a total, a bar and a cell lead to their calls, and a filter comes off again', () =>
    visiting({}, async ({ page }) => {
      await page.goto('/history?since=today');
      const cell = page.locator('section', { hasText: 'By rule' }).locator('td a').first();
      const calls = Number(await cell.textContent());
      await cell.click();
      expect(await page.locator('tbody tr').count()).toBe(calls);
      await page.locator('.chips a').first().click();
      expect(await page.locator('tbody tr').count()).toBe(outcomes.length);
      await page.goto('/history?since=today');
      await page.locator('.picture .on-wide a:has(title:text-matches("Connected [1-9]"))').first().click();
      await page.waitForURL('**/calls?since=*');
      expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    }));

  it('a time range is a spreadsheet in two clicks', () =>
    visiting(whole(), async ({ page }) => {
      await page.goto('/calls');
      await page.getByRole('link', { name: 'Today', exact: true }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'CSV of this table' }).click();
      const file = await (await downloading).path();
      const lines = (await readFile(file, 'utf8')).trimEnd().split('\r\n');
      expect(lines).toHaveLength(outcomes.length + 1);
      for (const { callId } of outcomes) expect(lines.some((line) => line.includes(callId))).toBe(true);
    }));

  it('the course of a call has both attempts, with the digits that were pressed', () =>
    visiting({}, async ({ page }) => {
      await page.goto(paths['wrong digit, then right']);
      const shown = await page.locator('section[aria-labelledby=h-course]').innerText();
      expect(shown).toContain('attempt 1: pressed 5, wanted 1; wrong');
      expect(shown).toContain('attempt 2: pressed 1, wanted 1; right');
      const why = page.locator('section[aria-labelledby=h-why]');
      expect(await why.innerText()).toMatch(/policy\.yaml:\d+/);
    }));

  it('the later life of a call: when it was answered, how long they talked, how it ended', () =>
    visiting({}, async ({ page }) => {
      await page.goto(paths['a call with a later life']);
      const shown = await page.locator('section[aria-labelledby=h-course]').innerText();
      // Whoever listens too late, on a busy machine, does not guess.
      expect(shown).toMatch(/Answered\s+(?:[\d.]+ m?s after arrival|unknown)/);
      expect(shown).toMatch(/Talked\s+(?:\d+ s|unknown)/);
      expect(shown).toMatch(/Ended\s+ended normally \(Q\.850 cause 16\)/);
    }));

  it('a number is found on its list, in any writing', () =>
    visiting(whole(), async ({ page }) => {
      await page.goto('/lists');
      await page.getByLabel('Find a number').fill('(317) 555-0140');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/lists?number=*');
      expect(await page.locator('.hits').innerText()).toContain('Acme Medical Supply');
    }));

  it('a viewer sees no whole number anywhere; an analyst does, and the audit log says which calls', async () => {
    const { callId } = outcomeOfRule(outcomes, 'customers');
    await visiting({}, async ({ page }) => {
      for (const name of pageNames) {
        await page.goto(paths[name]);
        expect(await overflow(page), name).toBe(0);
        const content = await page.content();
        for (const { facts } of outcomes)
          if (facts.caller.number !== null) expect(content, name).not.toContain(facts.caller.number.slice(2));
      }
    });
    await visiting({ headers: await analystHeaders(lab, 'bea') }, async ({ page }) => {
      await page.goto(`/calls/${callId}`);
      expect(await page.locator('h1').innerText()).toBe('Call from +13175550140');
    });
    const audit = new AuditLog(lab.gatehouse.environment.GATEHOUSE_DATA ?? '');
    const looks = await audit.read(10, ({ event, who }) => event === 'look' && who === 'bea');
    expect(looks).toMatchObject([{ role: 'analyst', calls: [callId] }]);
    expect(JSON.stringify(looks)).not.toContain('5550140');
  });
});

describe('by keyboard and without scripts', () => {
  it('the first Tab is the way past the menu, it shows itself, and every stop shows where it is', () =>
    visiting({}, async ({ page }) => {
      await page.goto('/history');
      await page.keyboard.press('Tab');
      const skip = page.locator('.skip');
      expect(await skip.evaluate((link) => link === link.ownerDocument.activeElement)).toBe(true);
      expect((await skip.boundingBox())?.y).toBeGreaterThanOrEqual(0);
      for (let stop = 0; stop < 12; stop++) {
        const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
        expect(outline).not.toBe('none');
        await page.keyboard.press('Tab');
      }
      await page.goto('/history');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('content');
    }));

  it('without scripts every page is there, and a picture’s table can be opened', () =>
    visiting({ scripts: false }, async ({ page }) => {
      for (const name of pageNames) {
        await page.goto(paths[name]);
        expect((await page.locator('h1').innerText()).length, name).toBeGreaterThan(2);
      }
      await page.goto('/history');
      await page.locator('.as-table summary').first().click();
      expect(await page.locator('.as-table table').first().isVisible()).toBe(true);
    }));

  it('a token opens the pages to whoever signs in with it, and signs them in as its role', () =>
    visiting({}, async ({ page, complaints }) => {
      await page.goto('/login');
      await page.getByLabel('Access token').fill(analyst.authorization.slice('Bearer '.length));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/');
      await page.goto('/calls');
      expect(await page.locator('.foot').innerText()).toContain('Full numbers are shown');
      expect(complaints).toEqual([]);
    }));
});
