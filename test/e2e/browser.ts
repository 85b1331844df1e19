import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What went wrong in a page while it was open, beside what it shows. */
export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Addresses beyond our own server. */
  readonly external: string[];
  /** Errors and warnings of the console, refusals by the content security policy among them. */
  readonly complaints: string[];
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly scripts?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Debian's Chromium without its window and their processes, with a profile of its own that is gone afterward. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: flags,
    timeout: 30_000,
  });
}

/** A new private window on `base`. */
export async function openWindow(browser: Browser, base: string, options: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    baseURL: base,
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    javaScriptEnabled: options.scripts ?? true,
    extraHTTPHeaders: { ...options.headers },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const external: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${base}/`) && !url.startsWith('data:')) external.push(url);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, context, external, complaints };
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface AxeViolation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Which of axe's rules are asked: those about colors take as long as all others together. */
type AxeRules = 'all' | 'colors' | 'all but colors';
const axeOptions: Readonly<Record<AxeRules, object>> = {
  all: {},
  colors: { runOnly: { type: 'rule', values: ['color-contrast'] } },
  'all but colors': { rules: { 'color-contrast': { enabled: false } } },
};

/** Serious and critical findings of axe, one line each. It is put in past the content security policy, as extensions are. */
export async function accessFindings(page: Page, rules: AxeRules = 'all'): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(await readFile(axeSource, 'utf8'));
  const options = JSON.stringify({ resultTypes: ['violations'], ...axeOptions[rules] });
  const violations = (await page.evaluate(
    `axe.run(document, ${options}).then((found) => found.violations)`,
  )) as AxeViolation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary ?? ''}`));
}

/** What keeps people out of the page that is open: from a large screen to the narrowest phone, in the light and in the dark. */
export async function findingsInEveryWindow(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const width of [2560, 1280, 768, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const tooWide = await overflow(page);
    if (tooWide !== 0) found.push(`at ${width} px it is ${tooWide} px too wide`);
    // A phone has the same colors, and shows other parts.
    if (width === 1280) found.push(...(await accessFindings(page)));
    if (width === 320) found.push(...(await accessFindings(page, 'all but colors')));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await accessFindings(page, 'colors')));
  await page.emulateMedia({ colorScheme: 'light' });
  return found;
}

/** How many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
