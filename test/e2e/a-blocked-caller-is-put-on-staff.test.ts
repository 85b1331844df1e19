import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { openBrowser, openWindow, type Visit } from './browser.ts';
import { SeededReport } from './seeded-report.ts';
import { patient, weekOfCalls } from './week-of-calls.ts';

/** By one of the shipped staff list. */
const staffCall = 'n1/staff-1';
const report = new SeededReport();
let browser: Browser;

beforeAll(async () => {
  const now = Date.now();
  const facts = sampleFacts(staffCall, {
    now: now - 60_000,
    caller: { number: '+13175550120', reason: null, raw: '+13175550120', displayName: 'Avery Lane' },
  });
  const calls = [...weekOfCalls(now), sampleOutcome(staffCall, { facts })];
  await report.start(
    calls.map((outcome) => ({ outcome, afterExit: null })),
    [],
  );
  browser = await openBrowser();
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await report.stop();
});

/** Of an admin. */
async function window(name: string): Promise<Visit> {
  return openWindow(browser, report.gatehouse.url, { headers: await report.headersOf('admin', name) });
}
const list = (name: string) => readFile(join(report.rules, 'lists', name), 'utf8');
/** What the audit log says of changed lists, the newest first. */
async function noted(): Promise<string[]> {
  const entries = await new AuditLog(join(report.gatehouse.dir, 'data')).read(
    20,
    ({ event }) => event === 'listed',
  );
  return entries.map(({ who, detail }) => `${who}: ${detail}`);
}

test('unblock a caller and add to staff: two clicks and a reason; one more undoes it', async () => {
  const { page, context, complaints } = await window('ann');
  const story = () => page.locator('.story').innerText();
  await page.goto(`/callers/of/${patient.callId}`);
  await page.getByLabel('Reason (required)').fill('sounded like a robot');
  await page.getByRole('button', { name: 'Add to blocked' }).click();
  await page.getByText('Added to blocked').first().waitFor();
  const [blocked, staff] = [await list('blocked.txt'), await list('staff.csv')];
  expect(blocked).toContain(patient.number);

  await page.goto('/callers');
  await page.getByRole('link', { name: patient.number }).first().click();
  await page.waitForURL('**/callers/of/**');
  expect(await story()).toContain('On the block list blocked.');
  await page.getByLabel('Reason (required)').fill('is Dr. Meyer, on call at home');
  await page.getByRole('button', { name: 'Add to staff' }).click();
  await page.getByText('Removed from blocked, added to staff').first().waitFor();
  expect(await story()).toContain('On the list staff.');
  expect(await list('blocked.txt')).not.toContain(patient.number);
  expect(await list('staff.csv')).toMatch(/\+13175550123,.*is Dr\. Meyer, on call at home/);

  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.getByText(/^Undone: Removed from blocked/).waitFor();
  expect(await story()).toContain('On the block list blocked.');
  expect([await list('blocked.txt'), await list('staff.csv')]).toEqual([blocked, staff]);
  expect(await noted()).toEqual([
    'ann: undone: removed blocked, added staff',
    'ann: removed blocked, added staff: is Dr. Meyer, on call at home',
    'ann: added blocked: sounded like a robot',
  ]);
  expect(complaints).toEqual([]);
  await context.close();
});

test('a list edit that would break a proof is refused, with the reason, and changes no file', async () => {
  const blocked = await list('blocked.txt');
  const { page, context } = await window('bea');
  await page.goto(`/callers/of/${staffCall}`);
  await page.getByLabel('Reason (required)').fill('robot');
  await page.getByRole('button', { name: 'Add to blocked' }).click();
  await page.getByText(/The list blocked was not changed: .*the rules would be refused.*staff/s).waitFor();
  await page.getByRole('link', { name: 'Back' }).click();
  await page.waitForURL(`**/callers/of/${staffCall}`);
  expect(await list('blocked.txt')).toBe(blocked);
  await context.close();
});
