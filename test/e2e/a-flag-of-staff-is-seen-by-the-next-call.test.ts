import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { analystHeaders } from './analyst.ts';
import { openBrowser, openWindow, type Visit } from './browser.ts';
import { knownCall } from './known-call.ts';

let lab: Lab;
let browser: Browser;
let visit: Visit;

beforeAll(async () => {
  lab = await Lab.up();
  browser = await openBrowser();
  // Without scripts: the form must do by itself.
  visit = await openWindow(browser, lab.gatehouse.url, { scripts: false });
  const { authorization } = await analystHeaders(lab);
  await visit.page.goto('/login');
  await visit.page.getByLabel('Access token').fill(authorization.slice('Bearer '.length));
  await visit.page.getByRole('button', { name: 'Sign in' }).click();
  await visit.page.waitForURL('**/');
});

afterAll(async () => {
  await browser?.close();
  await lab?.down();
});

/** A caller nobody knows, who hangs up during the prompt. */
function ring(): Promise<Outcome> {
  return knownCall(lab, async () => {
    const phone = await lab.ring({ from: '+12125550161', to: '+13175550100', steps: [{ hold: 1500 }] });
    await phone.finished();
    return phone.callId();
  });
}

async function press(callId: string, button: string): Promise<string> {
  const { page } = visit;
  await page.goto(`/calls/${callId}`);
  const reason = page.getByLabel('Reason (required)');
  if (button.startsWith('Flag')) await reason.fill('sells warranties');
  await page.getByRole('button', { name: button }).click();
  await page.waitForURL('**/calls/*/*#h-flags');
  return page.locator('section[aria-labelledby=h-flags]').innerText();
}

test('two calls are flagged on their pages: the next call of that number is asked harder, and again as before when one is taken back', async () => {
  const first = await ring();
  const second = await ring();
  expect(second.decision?.rule).toBe('everyone-else');
  expect(await press(first.callId, 'Flag as scam')).toMatch(/This call\s+scam[\s\S]*scam: 1 call/);
  expect((await ring()).decision?.rule).toBe('everyone-else');
  expect(await press(second.callId, 'Flag as sales')).toMatch(/sales: 1 call, scam: 1 call/);

  const asked = await ring();
  expect(asked.decision).toMatchObject({
    rule: 'flagged-by-staff',
    verdict: { kind: 'challenge', challenge: 'two-digits', passForMs: 0 },
  });

  expect(await press(second.callId, 'Remove flag: sales')).toMatch(/This call\s+no flags/);
  expect((await ring()).decision?.rule).toBe('everyone-else');
});

test('each flag is in the audit log, with who said it and without the number', async () => {
  const audit = new AuditLog(lab.gatehouse.environment.GATEHOUSE_DATA ?? '');
  const flagged = await audit.read(10, ({ event }) => event === 'flagged');
  expect(flagged.map(({ who, role, detail }) => [who, role, detail]).sort()).toEqual([
    ['ann', 'analyst', 'sales taken back'],
    ['ann', 'analyst', 'sales: sells warranties'],
    ['ann', 'analyst', 'scam: sells warranties'],
  ]);
  expect(JSON.stringify(flagged)).not.toContain('5550161');
  expect(visit.complaints).toEqual([]);
});
