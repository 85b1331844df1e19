import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { analystHeaders } from '../../test/e2e/analyst.ts';
import { openBrowser, openWindow } from '../../test/e2e/browser.ts';
import type { Lab } from '../lab.ts';

/** Takes the pictures of the guides: `calls.png` and `call.png` in `dir`, masked as a viewer sees them; `caller.png` as an analyst does. */
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
