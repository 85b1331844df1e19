import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { analystHeaders } from '../../test/e2e/analyst.ts';
import { openBrowser, openWindow } from '../../test/e2e/browser.ts';
import { SeededReport } from '../../test/e2e/seeded-report.ts';
import { busyMonth } from '../../test/fakes/busy-month.ts';
import type { Lab } from '../lab.ts';
import { switchboard } from './morning.ts';

/**
 * Takes the pictures of the guides after a morning: `calls.png` and `call.png` in `dir`, masked as a viewer sees them;
 * `caller.png` as an analyst does; `attack.png` while robots of one exchange call; `month.png` of invented calls.
 */
export async function takePictures(lab: Lab, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const browser = await openBrowser();
  try {
    const { page } = await openWindow(browser, lab.gatehouse.url, { width: 1120, height: 760 });
    await page.goto('/calls');
    await page.locator('table').screenshot({ path: join(dir, 'calls.png') });
    await page.goto('/calls?where=connected&verdict=challenge');
    const links = await page.locator('tbody th a').all();
    for (const call of await Promise.all(links.map((link) => link.getAttribute('href')))) {
      await page.goto(call ?? '');
      if ((await page.getByText('wrong answer').count()) === 0) continue;
      await page.screenshot({ path: join(dir, 'call.png') });
      break;
    }
    await takeCaller(browser, lab, dir);
    await takeAttack(browser, lab, dir);
    await takeMonth(browser, dir);
  } finally {
    await browser.close();
  }
}

/** Who called most, with a flag that was just given. */
async function takeCaller(browser: Browser, lab: Lab, dir: string): Promise<void> {
  const headers = await analystHeaders(lab);
  const { page } = await openWindow(browser, lab.gatehouse.url, { width: 1120, height: 900, headers });
  await page.goto('/callers');
  await page.locator('tbody th a').first().click();
  await page.waitForURL('**/callers/of/**');
  await page.getByLabel('Reason (required)').fill('a patient, asked for Cardiology');
  await page.getByRole('button', { name: 'Flag as wanted' }).click();
  await page.locator('.notice.done').waitFor();
  await page.screenshot({ path: join(dir, 'caller.png') });
}

/** Now, while sixty robots that show numbers of one exchange listen to the prompt. */
async function takeAttack(browser: Browser, lab: Lab, dir: string): Promise<void> {
  const robots = Array.from({ length: 60 }, (_, at) => `+1786203${String(1100 + 7 * at)}`);
  const calls = await lab.ring(
    { from: '[field0]', to: switchboard, steps: [{ speak: 42_000 }] },
    { calls: robots.length, rate: 3, numbers: robots },
  );
  const { page } = await openWindow(browser, lab.gatehouse.url, { width: 1120, height: 980 });
  await page.goto('/');
  await page
    .locator('.headline', { hasText: /[2-9]\d calls from \+1 786-203/ })
    .waitFor({ timeout: 120_000 });
  await page.screenshot({ path: join(dir, 'attack.png') });
  await calls.finished();
}

/** The page of the month, as it is printed. */
async function takeMonth(browser: Browser, dir: string): Promise<void> {
  const report = new SeededReport();
  try {
    await report.start(busyMonth(Date.now() - 60_000, 75, 180), ['+1 317 555 0105,Cardiology']);
    const { page } = await openWindow(browser, report.gatehouse.url, { width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    await page.goto('/month');
    await page.screenshot({ path: join(dir, 'month.png') });
  } finally {
    await report.stop();
  }
}
