import Fastify, { type FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { morning, returningPasser } from '../../lab/demo/morning.ts';
import { ringCaller } from '../../lab/demo/ring-caller.ts';
import { Lab } from '../../lab/lab.ts';
import { ListLibrary } from '../../src/lists/list-library.ts';
import { silentLog } from '../../src/log/log.ts';
import { listsView, policyView } from '../../src/page-views.ts';
import { setSecurityHeaders } from '../../src/report/access/security-headers.ts';
import type { CallRecords } from '../../src/report/call-records.ts';
import type { LiveCallView } from '../../src/report/web/page-deps.ts';
import { registerPages } from '../../src/report/web/register-pages.ts';
import { LivePolicy } from '../../src/rules/live-policy.ts';
import type { Outcome } from '../../src/screening/outcome.ts';
import { MemoryCallRecords } from '../fakes/memory-call-records.ts';
import { accessFindings, openBrowser, openWindow, overflow, type VisitOptions } from './browser.ts';
import { outcomesOf } from './outcomes.ts';

/** Callers who say what may harm whoever reads it, beside those of the demo. */
const hostileNames = ['<img src=x onerror=alert(1)>', '=HYPERLINK(1+1)', 'abc\u202Egpj.exe'];

let lab: Lab;
let browser: Browser;
let app: FastifyInstance;
let base: string;
let outcomes: Outcome[];
let live: LiveCallView[] = [];

beforeAll(async () => {
  lab = await Lab.up();
  const silent = morning.find(({ id }) => id === 'silent');
  const callers = morning.filter(({ id }) => id !== 'silent');
  const fates = await Promise.all([
    ...callers.map(async (caller) => {
      const fate = await ringCaller(lab, caller);
      return caller.id === 'presses-one' ? [fate, await ringCaller(lab, returningPasser)] : [fate];
    }),
    ...hostileNames.map(async (displayName, n) => {
      const script = { from: `+1212555014${n}`, displayName, to: '+13175550100', steps: [{ hold: 1500 }] };
      return [await ringCaller(lab, { id: `hostile-${n}`, who: '', end: 'none', phoneShows: null, script })];
    }),
    silent ? ringCaller(lab, silent).then((fate) => [fate]) : [],
  ]);
  const found = await outcomesOf(
    lab,
    fates.flat().map(({ sipCallId }) => sipCallId),
  );
  outcomes = [...found.values()].flat();
  browser = await openBrowser();
  ({ app, base } = await serve(
    new MemoryCallRecords(outcomes.map((outcome) => ({ outcome, afterExit: null }))),
  ));
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await app?.close();
  await lab?.down();
});

/** The pages on the rules, lists and calls of the lab, with the headers that access sets. */
async function serve(records: CallRecords): Promise<{ app: FastifyInstance; base: string }> {
  const lists = new ListLibrary({ dir: null, serving: false });
  const policy = await LivePolicy.open(lab.rules, { lists });
  const server = Fastify();
  server.addHook('onRequest', async (_, reply) => setSecurityHeaders(reply, { https: false }));
  const since = Date.now();
  registerPages(server, {
    records,
    live: {
      calls: () => live,
      health: () => ({
        node: 'lab',
        ari: { up: true, state: 'connected', since },
        redis: { up: true, state: 'ready', since },
        backlog: 0,
        startedAt: since,
      }),
    },
    policy: policyView(policy),
    lists: listsView(lists, policy),
    now: Date.now,
    log: silentLog,
    numbers: () => ({ whole: true, show: (number) => number, text: (text) => text }),
  });
  server.addHook('onClose', async () => policy.close());
  return { app: server, base: await server.listen({ host: '127.0.0.1', port: 0 }) };
}

function paths(): Record<string, string> {
  const wrong = outcomes.find(({ challenge }) => (challenge?.attempts.length ?? 0) > 1);
  const hostile = outcomes.find(({ facts }) => facts.caller.displayName.includes('<img'));
  return {
    now: '/',
    history: '/history',
    calls: '/calls',
    filtered: '/calls?where=connected&verdict=challenge',
    'one call': `/calls/${wrong?.callId}`,
    'a hostile call': `/calls/${hostile?.callId}`,
    harm: '/harm',
    rules: '/rules',
    lists: '/lists?number=%2B1%20317%20555%200140',
    'no such call': '/calls/lab/0.0',
  };
}

const names = [
  'now',
  'history',
  'calls',
  'filtered',
  'one call',
  'a hostile call',
  'harm',
  'rules',
  'lists',
  'no such call',
];
const windows: Record<string, VisitOptions> = {
  light: {},
  dark: { dark: true },
  phone: { width: 390, height: 844 },
};

describe('each page in Chromium, on what real calls left', () => {
  for (const [window, options] of Object.entries(windows))
    for (const name of names)
      it(`${name}, ${window}: no serious finding of axe, nothing from elsewhere, no complaint, no sideways scrolling`, async () => {
        const { page, context, external, complaints } = await openWindow(browser, base, options);
        try {
          const reply = await page.goto(paths()[name] ?? '/missing');
          expect(reply?.status()).toBe(name === 'no such call' ? 404 : 200);
          expect(await accessFindings(page)).toEqual([]);
          expect(await overflow(page)).toBe(0);
          expect(external).toEqual([]);
          // Chromium itself notes a page that is answered 404.
          expect(complaints.filter((words) => !/status of 404/.test(words))).toEqual([]);
        } finally {
          await context.close();
        }
      });
});

describe('what the pages show', () => {
  it('each call of the morning is on the page of calls, and in the counts', async () => {
    const { page, context } = await openWindow(browser, base);
    await page.goto('/calls');
    expect(await page.locator('tbody tr').count()).toBe(outcomes.length);
    await page.goto('/history');
    expect(await page.locator('.totals .big').first().textContent()).toBe(String(outcomes.length));
    await context.close();
  });

  it('hostile names are text: no element of theirs, no dialog, and direction marks are named', async () => {
    const { page, context, complaints } = await openWindow(browser, base);
    await page.goto('/calls');
    const shown = await page.locator('tbody').innerText();
    expect(shown).toContain('<img src=x onerror=alert(1)>');
    expect(shown).toContain('=HYPERLINK(1+1)');
    expect(shown).not.toContain('\u202E');
    expect(await page.locator('img:not([src^="/assets/"])').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('the course of a call has both attempts, with the digits that were pressed', async () => {
    const { page, context } = await openWindow(browser, base);
    await page.goto(paths()['one call'] ?? '');
    const shown = await page.locator('section[aria-labelledby=h-course]').innerText();
    expect(shown).toContain('attempt 1: pressed 5, wanted 1; wrong');
    expect(shown).toContain('attempt 2: pressed 1, wanted 1; right');
    expect(await page.locator('section[aria-labelledby=h-why]').innerText()).toMatch(/policy\.yaml:\d+/);
    await context.close();
  });

  it('a number is found on its list, in any writing', async () => {
    const { page, context } = await openWindow(browser, base);
    await page.goto('/lists');
    await page.getByLabel('Find a number').fill('(317) 555-0140');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/lists?number=*');
    expect(await page.locator('.hits').innerText()).toContain('Acme Medical Supply');
    await context.close();
  });
});

describe('by keyboard, without scripts, and as things change', () => {
  it('the first Tab is the way past the menu, it shows itself, and every stop shows where it is', async () => {
    const { page, context } = await openWindow(browser, base);
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
    await context.close();
  });

  it('the page Now shows a call as soon as it is being screened, without being loaded again', async () => {
    const { page, context, complaints } = await openWindow(browser, base);
    await page.goto('/');
    await page.evaluate('window.isTheSame = true');
    expect(await page.locator('#now-calls').innerText()).toContain('No call is being screened');
    live = [{ id: 'lab/1', state: 'prompting', since: Date.now(), caller: null, called: null }];
    await page.locator('#now-calls', { hasText: 'Hears the prompt' }).waitFor({ timeout: 10_000 });
    live = [];
    await page.locator('#now-calls', { hasText: 'No call is being screened' }).waitFor({ timeout: 10_000 });
    expect(await page.evaluate('window.isTheSame')).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('without scripts every page is there, and a picture’s table can be opened', async () => {
    const { page, context } = await openWindow(browser, base, { scripts: false });
    for (const name of names) await page.goto(paths()[name] ?? '');
    await page.goto('/history');
    await page.locator('.as-table summary').first().click();
    expect(await page.locator('.as-table table').first().isVisible()).toBe(true);
    await context.close();
  });
});
