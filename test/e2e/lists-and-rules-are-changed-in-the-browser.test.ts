import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { switchboard } from '../../lab/demo/morning.ts';
import { Lab, shippedRules } from '../../lab/lab.ts';
import { AuditLog } from '../../src/report/access/audit-log.ts';
import { runCli } from '../cli/run-cli.ts';
import { findingsInEveryWindow, openBrowser, openWindow, type Visit } from './browser.ts';
import { outcomeOf } from './outcomes.ts';

const exec = promisify(execFile);
const waits = { timeout: 120_000, interval: 250 };
let lab: Lab;
let rules: string;
let browser: Browser;
/** Without scripts: the forms must do by themselves. */
let admin: Visit;

beforeAll(async () => {
  rules = await mkdtemp(join(tmpdir(), 'gatehouse-rules-'));
  await cp(shippedRules, rules, { recursive: true });
  const git = (...args: string[]) =>
    exec('git', ['-C', rules, '-c', 'user.name=Rosa', '-c', 'user.email=rosa@example.org', ...args]);
  await git('init', '-q');
  await git('add', '.');
  await git('commit', '-qm', 'rules');
  lab = await Lab.up({ rules });
  browser = await openBrowser();
  admin = await signedIn('admin', 'ada');
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await lab?.down();
  await rm(rules, { recursive: true, force: true });
});

async function signedIn(role: 'viewer' | 'analyst' | 'admin', name: string): Promise<Visit> {
  const args = ['token', 'new', '--role', role, '--name', name];
  const { stdout } = await runCli(args, { env: lab.gatehouse.environment });
  const visit = await openWindow(browser, lab.gatehouse.url, { scripts: false });
  await signIn(visit.page, stdout.trim());
  return visit;
}

async function signIn(page: Page, token: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/');
}

async function addRow(
  page: Page,
  list: string,
  row: { number: string; reason: string; name?: string },
): Promise<void> {
  await page.goto(`/lists/${list}`);
  await page.getByText('Add a row').click();
  await page.getByLabel('Number, in any format', { exact: true }).fill(row.number);
  await page
    .getByLabel('Name')
    .first()
    .fill(row.name ?? '');
  await page.getByLabel('Reason').first().fill(row.reason);
  await page.getByRole('button', { name: `Add to ${list}` }).click();
}

const blocked = () => readFile(join(rules, 'lists/blocked.txt'), 'utf8');

async function rule(from: string): Promise<string> {
  const { page } = admin;
  await page.goto(`/rules/try?from=${encodeURIComponent(from)}&verification=none&known=nothing`);
  return page.locator('section[aria-labelledby=h-verdict] code').first().innerText();
}

test('a row is added, the next call is decided by it, and one click takes it back', async () => {
  const { page } = admin;
  const before = await blocked();
  expect(await rule('(212) 555-0188')).toBe('everyone-else');
  await addRow(page, 'blocked', { number: '(212) 555-0188', reason: 'robot, 30 calls', name: 'Vendor' });
  await page.waitForURL('**/lists/blocked?change=*');
  expect(await page.locator('.notice').innerText()).toMatch(
    /\+12125550188 was added to blocked.*committed in git/s,
  );
  expect((await blocked()).startsWith(before)).toBe(true);
  const { stdout } = await exec('git', ['-C', rules, 'log', '-1', '--format=%an: %s']);
  expect(stdout.trim()).toBe('ada: Add +1212•••••88 to blocked');
  expect(await rule('(212) 555-0188')).toBe('blocked');

  await page.goto('/lists/blocked');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.waitForURL('**/lists/blocked?change=*');
  expect(await page.locator('.notice').innerText()).toMatch(/\+12125550188 was removed/);
  expect(await blocked()).toBe(before);
  expect(await rule('(212) 555-0188')).toBe('everyone-else');
});

test('a row is found and removed with a reason', async () => {
  const { page } = admin;
  await page.goto('/lists/customers?q=northside');
  expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
  const row = page.getByRole('row', { name: /4635550141/ });
  await row.getByText('Remove').first().click();
  await row.getByLabel('Reason').fill('moved away');
  await row.getByRole('button', { name: 'Remove' }).click();
  await page.waitForURL('**/lists/customers?change=*');
  expect(await rule('+1 463 555 0141')).toBe('everyone-else');
  await page.goto('/lists/customers');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await page.waitForURL('**/lists/customers?change=*');
  expect(await rule('+1 463 555 0141')).toBe('customers');
});

test('an edit that would break a proof is refused with the reason, and what was typed is kept', async () => {
  const { page } = admin;
  const before = await blocked();
  await addRow(page, 'blocked', { number: '317 555 0120', reason: 'called at night' });
  const notice = page.locator('.notice.warn');
  await notice.waitFor();
  expect(await notice.innerText()).toMatch(/Nothing was changed.*the rules would be refused.*staff/s);
  expect(await page.getByLabel('Reason').first().inputValue()).toBe('called at night');
  expect(await blocked()).toBe(before);
});

test('who is not an admin changes nothing', async () => {
  const analyst = await signedIn('analyst', 'ann');
  try {
    const before = await blocked();
    await analyst.page.goto('/lists/blocked');
    expect(await analyst.page.getByText('requires the admin role').count()).toBe(1);
    expect(await analyst.page.getByRole('button', { name: /Add|Remove|Undo/ }).count()).toBe(0);
    const csrf = await analyst.page.locator('input[name=_csrf]').first().inputValue();
    for (const path of ['/lists/blocked/add', '/lists/blocked/remove', '/lists/undo']) {
      const form = { _csrf: csrf, number: '+12125550188', reason: 'no', change: 'x' };
      const answer = await analyst.context.request.post(path, { form, maxRedirects: 0 });
      expect([path, answer.status()]).toEqual([path, 403]);
    }
    const form = { number: '+12125550188', reason: 'no' };
    expect((await admin.context.request.post('/lists/blocked/add', { form, maxRedirects: 0 })).status()).toBe(
      403,
    );
    expect(await blocked()).toBe(before);
  } finally {
    await analyst.context.close();
  }
});

test('each change is in the audit log, with who and why and without the number', async () => {
  const audit = new AuditLog(lab.gatehouse.environment.GATEHOUSE_DATA ?? '');
  const noted = await audit.read(20, ({ event }) => event === 'listed');
  expect(noted.map(({ who, detail }) => `${who}: ${detail}`)).toEqual([
    expect.stringMatching(
      /^ada: blocked: not added \(with it the rules would be refused.*\); called at night$/,
    ),
    'ada: customers: undone; moved away',
    'ada: customers: removed; moved away',
    'ada: blocked: undone; robot, 30 calls',
    'ada: blocked: added; robot, 30 calls',
  ]);
  for (const { numbers } of noted) expect(numbers).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  expect(JSON.stringify(noted)).not.toMatch(/5550188|5550120|5550141/);
});

test('what yesterday’s edit of the rules changed: two clicks from Now', async () => {
  const file = join(rules, 'policy.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace("label: 'Customer {name}'", "label: 'Client {name}'"));
  const { page } = admin;
  await vi.waitFor(async () => {
    await page.goto('/rules');
    expect(await page.locator('section[aria-labelledby=h-changes] tbody').innerText()).toMatch(
      /policy\.yaml \+1 −1; 1 kind of call fares otherwise/,
    );
  }, waits);
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Rules' }).click();
  await page.locator('section[aria-labelledby=h-changes] tbody a').first().click();
  expect(await page.locator('h1').innerText()).toBe('Rule change');
  const shown = await page.locator('main').innerText();
  expect(shown).toMatch(/customers[\s\S]*Customer \{name\}[\s\S]*Client \{name\}/);
  expect(await page.locator('.diff ins').innerText()).toContain("label: 'Client {name}'");
});

test('changes and their undoing outlive a restart', async () => {
  const { page } = admin;
  await addRow(page, 'blocked', { number: '212 555 0187', reason: 'again' });
  await page.waitForURL('**/lists/blocked?change=*');
  await lab.gatehouse.stop();
  await lab.gatehouse.start();
  const again = await signedIn('admin', 'eve');
  try {
    await again.page.goto('/lists/blocked');
    await again.page.getByRole('button', { name: 'Undo' }).first().click();
    await again.page.waitForURL('**/lists/blocked?change=*');
    expect(await blocked()).not.toContain('5550187');
    await again.page.goto('/rules/changes');
    expect(await again.page.locator('tbody').innerText()).toMatch(/eve, list blocked in the browser/);
  } finally {
    await again.context.close();
  }
});

const pages = [
  '/lists',
  '/lists/blocked',
  '/lists/customers?q=acme',
  '/rules',
  '/rules/changes',
  '/rules/try',
  '/levels',
];
const tried = '/rules/try?from=317-555-0140&verification=passed-A&known=nothing&at=2026-12-24T17:30';

test('an attack level is set for the next call, in the audit log, over a restart, and one click takes it back', async () => {
  const viewer = await signedIn('viewer', 'vic');
  await viewer.page.goto('/levels');
  expect(await viewer.page.getByRole('button', { name: 'Set by hand' }).count()).toBe(0);
  const asViewer = await viewer.page.request.post('/levels/set', { form: { say: 'attack', of: 'board' } });
  expect(asViewer.status()).toBe(403);
  await viewer.context.close();

  const { page } = await signedIn('admin', 'uma');
  await page.goto('/');
  await page.getByRole('link', { name: 'Attack levels' }).click();
  await page.locator('select[name=say]').selectOption('Attack');
  await page.locator('select[name=for]').selectOption('2 hours');
  await page.getByLabel('Reason').fill('robots since noon');
  await page.getByRole('button', { name: 'Set by hand' }).click();
  await page.waitForURL('**/levels?done=*');
  const challengeOf = async (from: string) => {
    const caller = await lab.ring({ from, to: switchboard, steps: [{ hold: 3000 }] });
    await caller.finished();
    const { decision } = await outcomeOf(lab, caller.callId(), 60_000);
    return decision?.verdict.kind === 'challenge' ? decision.verdict.challenge : decision?.verdict.kind;
  };
  expect(await challengeOf('+12125550171')).toBe('two-digits');
  await lab.gatehouse.stop();
  await lab.gatehouse.start();
  expect(await challengeOf('+12125550172')).toBe('two-digits');
  const again = await signedIn('admin', 'ivo');
  await again.page.goto('/levels?done=level+board');
  await again.page.getByRole('button', { name: 'Undo' }).click();
  await again.page.waitForURL('**/levels');
  expect(await challengeOf('+12125550173')).toBe('press-1');
  const audit = new AuditLog(lab.gatehouse.environment.GATEHOUSE_DATA ?? '');
  expect(await audit.read(2, ({ event }) => event === 'level')).toMatchObject([
    { who: 'ivo', detail: 'attack of board: ended' },
    { who: 'uma', detail: expect.stringMatching(/^attack of board until .*: robots since noon$/) },
  ]);
});

test('nothing keeps people out, from a large screen to the narrowest phone, in the light and in the dark', async () => {
  const args = ['token', 'new', '--role', 'admin', '--name', 'looks-at-pages'];
  const { stdout } = await runCli(args, { env: lab.gatehouse.environment });
  const visit = await openWindow(browser, lab.gatehouse.url);
  try {
    await signIn(visit.page, stdout.trim());
    await visit.page.goto('/rules/changes');
    const change = (await visit.page.locator('tbody a').first().getAttribute('href')) ?? '';
    for (const path of [...pages, tried, change]) {
      expect((await visit.page.goto(path))?.status(), path).toBe(200);
      for (const summary of await visit.page.locator('.fold > summary').all()) await summary.click();
      expect(await findingsInEveryWindow(visit.page), path).toEqual([]);
    }
    await addRow(visit.page, 'blocked', { number: '317 555 0120', reason: 'called at night' });
    await visit.page.locator('.notice.warn').waitFor();
    expect(await findingsInEveryWindow(visit.page)).toEqual([]);
    // Chromium itself notes a page that is answered 409.
    expect(visit.complaints.filter((words) => !/status of 409/.test(words))).toEqual([]);
    expect(visit.external).toEqual([]);
  } finally {
    await visit.context.close();
  }
});
