import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openBrowser, openWindow } from '../../test/e2e/browser.ts';
import type { Lab } from '../lab.ts';

/** Takes the pictures of the guides, masked as a viewer sees them: `calls.png` and `call.png` in `dir`. */
export async function takePictures(lab: Lab, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const browser = await openBrowser();
  try {
    const { page } = await openWindow(browser, lab.gatehouse.url, { width: 1120, height: 760 });
    await page.goto('/calls');
    await page.locator('table').screenshot({ path: join(dir, 'calls.png') });
    await page.goto('/calls?where=connected&verdict=challenge');
    const links = await page.locator('tbody a').all();
    for (const call of await Promise.all(links.map((link) => link.getAttribute('href')))) {
      await page.goto(call ?? '');
      if ((await page.getByText('wrong answer').count()) === 0) continue;
      await page.screenshot({ path: join(dir, 'call.png') });
      break;
    }
  } finally {
    await browser.close();
  }
}
