import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { Browser } from 'playwright-core';
import { sampleCampaign } from '../../test/campaigns/sample-campaign.ts';
import { analystHeaders } from '../../test/e2e/analyst.ts';
import { openBrowser, openWindow } from '../../test/e2e/browser.ts';
import { SeededReport } from '../../test/e2e/seeded-report.ts';
import { busyMonth } from '../../test/fakes/busy-month.ts';
import type { CallerStep } from '../caller-scenario.ts';
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

/** Now, while sixty robots that show numbers of one exchange call: most hang up in the prompt, a few stay and say nothing. */
async function takeAttack(browser: Browser, lab: Lab, dir: string): Promise<void> {
  const numbers = Array.from({ length: 60 }, (_, at) => `+1786203${String(1100 + 7 * at)}`);
  const ring = (some: readonly string[], step: CallerStep, rate: number) =>
    lab.ring(
      { from: '[field0]', to: switchboard, steps: [step] },
      { calls: some.length, rate, numbers: some },
    );
  const robots = await Promise.all([
    ring(numbers.slice(0, 48), { hold: 3000 }, 2),
    ring(numbers.slice(48), { speak: 42_000 }, 0.5),
  ]);
  const { page } = await openWindow(browser, lab.gatehouse.url, { width: 1120, height: 860 });
  await page.goto('/');
  await page
    .locator('.headline', { hasText: /[4-9]\d calls from \+1 786-203/ })
    .waitFor({ timeout: 120_000 });
  await page.screenshot({ path: join(dir, 'attack.png') });
  await Promise.all(robots.map((calls) => calls.finished()));
}

/** The page of the month, as it is printed. */
async function takeMonth(browser: Browser, dir: string): Promise<void> {
  const report = new SeededReport();
  try {
    const lastMonth = DateTime.now().minus({ months: 1 }).toMillis();
    const campaign = { startedAt: lastMonth, recognizedAt: lastMonth, peakAt: lastMonth, lastAt: lastMonth };
    const campaigns = [
      sampleCampaign({ ...campaign, state: 'over', endedAt: lastMonth }),
      sampleCampaign({
        ...{
          ...campaign,
          id: 'c-2',
          name: '+1 786-203 a879',
          state: 'over',
          endedAt: lastMonth,
          calls: 1400,
        },
        reason:
          '1,400 calls from 1,388 numbers in 3 hours, all of one exchange, unsigned; 85 % hung up in the prompt',
      }),
    ];
    await report.start(busyMonth(Date.now() - 60_000, 75, 180), [], campaigns);
    const { page } = await openWindow(browser, report.gatehouse.url, { width: 794, height: 1123 });
    await page.emulateMedia({ media: 'print' });
    await page.goto('/month');
    await page.evaluate("document.body.style.padding = '10mm'"); // The margin of the sheet.
    await page.screenshot({ path: join(dir, 'month.png') });
  } finally {
    await report.stop();
  }
}
