import { readFile } from 'node:fs/promises';
import { DateTime } from 'luxon';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallRecord } from '../../src/call/call-records.ts';
import type { ChallengeResult } from '../../src/call/vocabulary.ts';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { busyMonth } from '../fakes/busy-month.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import {
  accessFindings,
  findingsInEveryWindow,
  openBrowser,
  openWindow,
  type Visit,
  type VisitOptions,
} from './browser.ts';
import { SeededReport } from './seeded-report.ts';

const zone = 'America/Indiana/Indianapolis';
const patient = '+13175550155';
const doctor = '+13175550110';
const report = new SeededReport();
const now = DateTime.now().setZone(zone);
const yesterday = now.minus({ days: 1 }).set({ hour: 10, minute: 40, second: 20, millisecond: 0 });
let browser: Browser;
let analyst: VisitOptions;
let viewer: VisitOptions;

/** The patient pressed wrong keys twice in three minutes. */
function patientCall(id: string, at: DateTime): CallRecord {
  const { challenge } = sampleOutcome('x');
  const [attempt] = challenge?.attempts ?? [];
  const wrong = (heard: string, from: number) =>
    attempt === undefined
      ? []
      : [
          {
            ...attempt,
            heard,
            result: 'wrong' as const,
            promptAtMs: from,
            firstHeardAtMs: from + 4000,
            endedAtMs: from + 4100,
          },
        ];
  const facts = sampleFacts(`n1/${id}`, {
    now: at.toMillis(),
    caller: { number: patient, reason: null, raw: patient, displayName: 'Pat Ient' },
    called: { number: doctor, raw: doctor },
    verification: { result: 'passed', attestation: 'A', signer: 's', origid: null, source: 'asterisk' },
  });
  const outcome = sampleOutcome(`n1/${id}`, {
    facts,
    challenge: challenge && {
      ...challenge,
      attempts: [...wrong('7', 210), ...wrong('4', 5000)],
      result: 'failed',
    },
    exit: { kind: 'voicemail', box: 'general' },
    timings: { historyMs: 3, decidedMs: 4, answeredMs: 30, exitMs: 9200 },
  });
  return { outcome, afterExit: null };
}

/** Calls of today for which Now and the worklist once had different notions of a person. */
function callsOfToday(): CallRecord[] {
  const start = now.startOf('day').toMillis();
  const at = (part: number) => Math.floor(start + (now.toMillis() - start) * part);
  const { challenge, decision } = sampleOutcome('x');
  const signedA = {
    result: 'passed',
    attestation: 'A',
    signer: 's',
    origid: null,
    source: 'asterisk',
  } as const;
  const call = (
    id: string,
    part: number,
    end: string,
    result: ChallengeResult,
    more: { readonly isSigned?: true; readonly isKnown?: true } = {},
  ): CallRecord => {
    const number = `+1463555${end}`;
    const caller = { number, reason: null, raw: number, displayName: id };
    const facts = sampleFacts(`n1/${id}`, {
      ...{ now: at(part), caller },
      ...(more.isSigned && { verification: signedA }),
    });
    const outcome = sampleOutcome(`n1/${id}`, {
      facts,
      decision: decision && { ...decision, ...(more.isKnown && { known: true }) },
      challenge: challenge && { ...challenge, result },
      exit:
        result === 'passed'
          ? { kind: 'connect', exit: 'operators', label: null }
          : { kind: 'voicemail', box: 'general' },
    });
    return { outcome, afterExit: null };
  };
  return [
    call('wrong-key-unsigned', 0.2, '0101', 'failed'),
    call('silent-once-signed', 0.3, '0102', 'silent', { isSigned: true }),
    call('through-later', 0.4, '0103', 'silent'),
    call('through', 0.5, '0103', 'passed'),
    call('known-silent', 0.6, '0104', 'silent', { isKnown: true }),
    call('hung-up-signed', 0.7, '0105', 'gave-up', { isSigned: true }),
    call('again-signed', 0.75, '0105', 'silent', { isSigned: true }),
  ];
}

function lastMonthsCampaign(id: string): Campaign {
  const at = now.minus({ months: 1 }).set({ day: 12 }).toMillis();
  return {
    ...{ id, name: `${id} “${'Long name '.repeat(19)}”`, reason: 'They show one name', by: 'unanswered' },
    ...{ traits: { claimedName: 'V-Desk' }, state: 'over', pinned: false, returnsAtOnce: false },
    ...{ startedAt: at, recognizedAt: at, peakAt: at, lastAt: at, endedAt: at, returns: 0 },
    ...{ calls: 12_345, numbers: 9876, calledNumbers: 10, callsPerMinute: 0 },
  };
}

beforeAll(async () => {
  const calls = [
    ...busyMonth(now.toMillis() - 60_000, 62, 40),
    patientCall('patient-1', yesterday.minus({ minutes: 3 })),
    patientCall('patient-2', yesterday),
    ...callsOfToday(),
  ];
  // More than there is room for on a printed page, with the longest names.
  const campaigns = Array.from({ length: 9 }, (_, n) => lastMonthsCampaign(`c-${n}`));
  await report.start(calls, [`${doctor},"Dr. X, Cardiology"`, '+1 317 555 0111,Radiology'], campaigns);
  analyst = { headers: await report.headersOf('analyst') };
  viewer = { headers: await report.headersOf('viewer', 'vic') };
  browser = await openBrowser();
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await report.stop();
});

/** Opens a window, and shuts it whatever happens inside. */
async function visiting(options: VisitOptions, use: (visit: Visit) => Promise<void>): Promise<void> {
  const visit = await openWindow(browser, report.gatehouse.url, options);
  try {
    await use(visit);
    expect(visit.external).toEqual([]);
    expect(visit.complaints).toEqual([]);
  } finally {
    await visit.context.close();
  }
}

const rows = (page: Page) => page.locator('main tbody tr');
/** Where the first of them lead. */
async function hrefsOf(links: Locator, most: number): Promise<string[]> {
  const found = (await links.all()).slice(0, most);
  return Promise.all(found.map(async (link) => (await link.getAttribute('href')) ?? ''));
}
const focused = (page: Page) =>
  page.evaluate('document.activeElement.getAttribute("href") ?? document.activeElement.id');

describe('a task in as few steps as promised', () => {
  it('a patient could not reach Dr. X yesterday at 10:40: a field and two clicks', () =>
    visiting(analyst, async ({ page }) => {
      await page.goto('/');
      await page.getByRole('searchbox').fill('dr. x');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/calls?*called=*');
      await page.getByRole('link', { name: 'Yesterday', exact: true }).click();
      await page.locator('tbody tr', { hasText: '10:40:20' }).locator('a').first().click();
      await page.waitForURL('**/calls/n1/patient-2');
      expect(await page.locator('.story').innerText()).toContain(
        'Heard the prompt twice, pressed 7 and 4 instead of 1; sent to mailbox general; second call in 3 min.',
      );
      const around = page.locator('section[aria-labelledby=h-around]');
      expect(await around.innerText()).toContain('3 min earlier');
      await around.getByRole('link').first().click();
      await page.waitForURL('**/calls/n1/patient-1');
    }));

  it('last week is a spreadsheet in two clicks, with every call', () =>
    visiting(analyst, async ({ page }) => {
      await page.goto('/calls');
      await page.getByRole('link', { name: 'Last week' }).click();
      const all = Number((await page.locator('.totals .big').first().innerText()).replace(/\D/g, ''));
      expect(all).toBeGreaterThan(60);
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'CSV of this table' }).click();
      const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n');
      expect(lines).toHaveLength(all + 1);
    }));

  it('a page for the board of directors is two clicks away, and one sheet of A4', () =>
    visiting(viewer, async ({ page }) => {
      // Campaigns are read a moment after the start.
      await expect
        .poll(async () => (await page.goto('/campaigns')) && rows(page).count(), { timeout: 30_000 })
        .toBe(9);
      await page.goto('/');
      await page.getByRole('link', { name: 'Month' }).click();
      expect(await page.locator('main').innerText()).toContain('and 4 more with fewer calls');
      const month = now.minus({ months: 1 }).setLocale('en-GB').toFormat('LLLL yyyy');
      expect(await page.locator('h1').innerText()).toBe(month);
      await page.evaluate('window.print = () => { document.body.dataset.printed = "yes" }');
      await page.getByRole('button', { name: 'Print, or save as PDF' }).click();
      expect(await page.evaluate('document.body.dataset.printed')).toBe('yes');
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
        expect(pdf.match(/\/Type\s*\/Page\b(?!s)/g)).toHaveLength(1);
        // A4 in points.
        expect(pdf).toMatch(/\/MediaBox\s*\[0 0 59[45](?:\.\d+)? 84[12](?:\.\d+)?\]/);
      }
    }));
});

describe('the search box and the keys', () => {
  it('/ goes to the box, where keys are text; j and k go through rows, Enter opens, ? helps', () =>
    visiting(analyst, async ({ page }) => {
      await page.goto('/calls?since=7d');
      await page.keyboard.press('/');
      expect(await focused(page)).toBe('q');
      await page.keyboard.type('/jk?');
      expect(await page.locator('#q').inputValue()).toBe('/jk?');
      expect(await page.locator('#keys').isVisible()).toBe(false);
      await page.locator('#q').fill('');
      await page.locator('main').focus();
      const links = await hrefsOf(page.locator('main tbody th a'), 3);
      for (const [key, at] of [
        ['j', 0],
        ['j', 1],
        ['j', 2],
        ['k', 1],
      ] as const) {
        await page.keyboard.press(key);
        expect(await focused(page)).toBe(links[at]);
      }
      await page.keyboard.press('?');
      expect(await page.locator('#keys').isVisible()).toBe(true);
      expect(await accessFindings(page)).toEqual([]);
      await page.keyboard.press('j');
      await page.keyboard.press('Escape');
      expect(await page.locator('#keys').isVisible()).toBe(false);
      expect(await focused(page)).toBe(links[1]);
      await page.keyboard.press('Enter');
      await page.waitForURL(`**${links[1]}`);
    }));

  it('single keys can be turned off, which stays so', () =>
    visiting(viewer, async ({ page }) => {
      await page.goto('/calls');
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
      await page.getByLabel('Single keys are shortcuts').uncheck();
      await page.getByRole('button', { name: 'Close' }).click();
      await page.goto('/history');
      await page.keyboard.press('/');
      expect(await focused(page)).not.toBe('q');
      await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
      await page.getByLabel('Single keys are shortcuts').check();
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      expect(await focused(page)).toBe('q');
    }));

  it('a part of a number shows what may be meant, and each view is audited', async () => {
    await visiting({ headers: await report.headersOf('analyst', 'bea') }, async ({ page }) => {
      await page.goto('/search?q=212%20555%2003');
      expect(await page.locator('.found a').count()).toBeGreaterThan(3);
      await page.getByRole('searchbox').fill('(317) 555-0155');
      await page.keyboard.press('Enter');
      await page.waitForURL('**/callers/of/n1/patient-2');
      expect(await page.locator('h1').innerText()).toBe(`Caller ${patient}`);
    });
    const audit = new AuditLog(`${report.gatehouse.dir}/data`);
    const looks = await audit.read(20, ({ event, who }) => event === 'look' && who === 'bea');
    expect(looks.map(({ route }) => route)).toContain('GET /search');
    await visiting(viewer, async ({ page }) => {
      await page.goto('/search?q=3175550155');
      expect(await page.locator('main').innerText()).toContain('requires the analyst role');
    });
  });
});

describe('filters and time', () => {
  it('a chip comes off, the others stay; a view is a link', () =>
    visiting(analyst, async ({ page }) => {
      await page.goto('/calls?since=30d&where=voicemail&rule=everyone-else');
      const before = await page.locator('.totals .big').first().innerText();
      await page.getByRole('link', { name: 'Result: Voicemail' }).click();
      await page.waitForURL('**/calls?since=30d&rule=everyone-else');
      expect(await page.locator('.chips li').count()).toBe(1);
      expect(await page.locator('.totals .big').first().innerText()).not.toBe(before);
      await page.getByRole('link', { name: 'Longest screening first' }).click();
      await page.getByRole('link', { name: 'Shorter calls' }).click();
      await page.waitForURL(/order=longest.*cursor=|cursor=.*order=longest/);
      expect(await rows(page).count()).toBe(50);
      await page.getByRole('link', { name: 'Bypassed screening, 7 days' }).click();
      expect(await page.locator('.chips').innerText()).toContain('Bypassed');
    }));

  it('dragging over the bars asks for that time, to the minute, and keeps the filters', () =>
    visiting(analyst, async ({ page }) => {
      for (const path of ['/history?since=7d', '/calls?since=7d&where=connected']) {
        await page.goto(path);
        const bars = page.locator('.picture .on-wide a:has(> .hint)');
        const [from, to] = [await bars.nth(2).boundingBox(), await bars.nth(4).boundingBox()];
        if (from === null || to === null) throw new Error('no bars');
        const hrefs = await hrefsOf(bars, 5);
        await page.mouse.move(from.x + from.width / 2, from.y + 40);
        await page.mouse.down();
        await page.mouse.move(from.x + from.width, from.y + 50, { steps: 4 });
        await page.mouse.move(to.x + to.width / 4, to.y + 40, { steps: 4 });
        expect(await page.locator('.zoom').count()).toBe(1);
        await page.mouse.up();
        await page.waitForURL(/until=\d{4}/);
        const here = new URL(page.url());
        expect(here.pathname).toBe(path.split('?')[0]);
        expect(here.searchParams.get('where')).toBe(path.includes('where') ? 'connected' : null);
        const timeOf = (query: URLSearchParams, name: string) => Date.parse(query.get(name) ?? '');
        const barTimes = hrefs.map((href) => new URL(href, here).searchParams);
        const [since, until] = [timeOf(here.searchParams, 'since'), timeOf(here.searchParams, 'until')];
        expect([since % 60_000, until % 60_000]).toEqual([0, 0]);
        const [first, last] = [barTimes[2], barTimes[4]];
        if (first === undefined || last === undefined) throw new Error('no bars');
        expect(since).toBeGreaterThan(timeOf(first, 'since'));
        expect(since).toBeLessThan(timeOf(first, 'until'));
        expect(until).toBeGreaterThan(timeOf(last, 'since'));
        expect(until).toBeLessThan(timeOf(last, 'until'));
      }
    }));
});

describe('people possibly harmed', () => {
  it('Now counts those of today’s worklist, and the calls that it leads to', () =>
    visiting(analyst, async ({ page }) => {
      const figure = async (name: string) => {
        await page.goto('/');
        const link = page.locator('#now-today .figures a', { hasText: name });
        const shown = Number((await link.locator('.big').innerText()).replace(/\D/g, ''));
        await link.click();
        return shown;
      };
      const people = await figure('Possibly harmed');
      await page.waitForURL('**/harm?since=today#h-people');
      const list = page.locator('section[aria-labelledby=h-people]');
      expect(await list.locator('tbody tr').count()).toBe(people);
      const shown = await list.innerText();
      for (const id of ['through-later', 'known-silent', 'again-signed']) expect(shown).toContain(id);
      for (const id of ['wrong-key-unsigned', 'silent-once-signed']) expect(shown).not.toContain(id);
      const csv = await page.request.get('/export/people-harmed.csv?since=today');
      expect((await csv.text()).trimEnd().split('\r\n')).toHaveLength(people + 1);
      const theirs = list.locator('a', { hasText: /^\d+ calls?$/ });
      const calls = Number((await theirs.innerText()).replace(/\D/g, ''));
      expect(calls).toBeGreaterThan(people);
      await theirs.click();
      const all = page.locator('.totals .big').first();
      expect(Number((await all.innerText()).replace(/\D/g, ''))).toBe(calls);
      const stopped = await figure('Unwanted, stopped');
      await page.waitForURL('**/calls?*impact=stopped*');
      expect(Number((await all.innerText()).replace(/\D/g, ''))).toBe(stopped);
    }));

  it('the patient is on the worklist, is expected and ticked off, in the audit log, and it is undone', async () => {
    await visiting(analyst, async ({ page }) => {
      await page.goto('/harm?since=7d');
      const row = page.locator('tr', { hasText: 'Pat Ient' });
      expect(await row.innerText()).toContain(
        'pressed a wrong key, did not pass 2 times, signed with attestation A',
      );
      await row.getByRole('link', { name: 'Expect this caller' }).click();
      await page.getByLabel('Reason (required)').fill('Biopsy result');
      await page.getByRole('button', { name: 'For 7 days' }).click();
      expect(await page.locator('#done').innerText()).toContain('Biopsy result');
      await page.goto('/harm?since=7d');
      expect(await row.innerText()).toMatch(/Expected until [^:]*:\d\d\s+Biopsy result/);
      await row.getByRole('button', { name: 'Done' }).click();
      expect(await row.innerText()).toMatch(/Done .* by ann/);
      expect(await accessFindings(page)).toEqual([]);
    });
    await visiting(viewer, async ({ page }) => {
      await page.goto('/harm?since=7d');
      const row = page.locator('tr', { hasText: 'Pat Ient' });
      expect(await row.innerText()).toMatch(/Done .* by ann/);
      expect(await row.getByRole('button').count()).toBe(0);
    });
    await visiting(analyst, async ({ page }) => {
      await page.goto('/harm?since=7d');
      const row = page.locator('tr', { hasText: 'Pat Ient' });
      await row.getByRole('button', { name: 'Undo' }).click();
      expect(await row.innerText()).not.toContain('Done by');
      await row.getByRole('link', { name: 'Expected until' }).click();
      await page.locator('section[aria-labelledby=h-done]').getByRole('button', { name: 'Undo' }).click();
      await page.goto('/harm?since=7d');
      expect(await row.innerText()).not.toMatch(/Done \w{3}|Expected/);
    });
    const audit = new AuditLog(`${report.gatehouse.dir}/data`);
    const acts = await audit.read(20, ({ event }) => event === 'expected' || event === 'followed-up');
    expect(acts.reverse().map(({ event, detail }) => `${event}: ${detail}`)).toEqual([
      expect.stringMatching(/^expected: .*Biopsy result/),
      'followed-up: done',
      'followed-up: taken back',
      'expected: undone',
    ]);
    expect(acts.every(({ calls, who }) => calls?.[0] === 'n1/patient-2' && who === 'ann')).toBe(true);
    expect(JSON.stringify(acts)).not.toContain(patient.slice(2));
  });
});

describe('each page, from a large screen to the narrowest phone, in the light and in the dark', () => {
  const paths = {
    calls: '/calls?since=30d&where=voicemail&rule=everyone-else',
    call: '/calls/n1/patient-2',
    search: '/search?q=212%20555',
    harm: '/harm?since=30d',
    caller: '/callers/of/n1/patient-2',
    month: '/month',
    campaigns: '/campaigns',
  } as const;
  for (const [name, path] of Object.entries(paths))
    it(`${name}: nothing keeps people out, and nothing scrolls sideways`, () =>
      visiting(analyst, async ({ page }) => {
        expect((await page.goto(path))?.status()).toBe(200);
        expect(await findingsInEveryWindow(page)).toEqual([]);
      }));

  it('without scripts each is whole', () =>
    visiting({ ...analyst, scripts: false }, async ({ page }) => {
      for (const path of Object.values(paths)) {
        await page.goto(path);
        expect((await page.locator('h1').innerText()).length).toBeGreaterThan(2);
      }
      expect(await page.getByRole('button', { name: 'Keyboard shortcuts' }).count()).toBe(0);
    }));
});
