import { DateTime } from 'luxon';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../lab/child.ts';
import { numbers, switchboard } from '../../lab/demo/morning.ts';
import { Lab } from '../../lab/lab.ts';
import type { Transition } from '../../src/call/change.ts';
import { RedisCallStore } from '../../src/call-store/redis-call-store.ts';
import { RedisCampaigns } from '../../src/history/redis-campaigns.ts';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { accessFindings, openBrowser, openWindow, overflow, type Visit } from './browser.ts';
import { outcomesOf } from './outcomes.ts';

const minuteMs = 60_000;
/** Of the shipped rules. */
const zone = 'America/Indiana/Indianapolis';
/** Unknown callers of a busy hour; each of a place of their own. */
const areas =
  '202 203 205 206 207 208 209 210 212 213 214 215 216 217 218 219 224 225 228 229 231 234 239 240 248 251 252 253'.split(
    ' ',
  );
const usualCalls = 14;
const robots = 14;

let lab: Lab;
let browser: Browser;
let visit: Visit;

beforeAll(async () => {
  lab = await Lab.up({ gatehouse: false });
  await recordWeeksBefore();
  await lab.gatehouse.start();
  browser = await openBrowser();
  visit = await openWindow(browser, lab.gatehouse.url);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await lab?.down();
});

/** Half as many calls, at this hour of the same weekday of each of eight weeks. */
async function recordWeeksBefore(): Promise<void> {
  const redis = connectRedis(lab.redis.url, silentLog, { name: 'test', commandTimeoutMs: 20_000 });
  await redisReady(redis, 20_000);
  const store = new RedisCallStore(redis, 90 * 86_400_000);
  const calls = Array.from({ length: 8 * usualCalls }, (_, at): Transition => {
    const callId = `lab/before-${at}`;
    const week = 1 + (at % 8);
    const sameTime = DateTime.local({ zone }).minus({ weeks: week }).toMillis();
    const facts = sampleFacts(callId, { now: sameTime - Math.floor(at / 8) * 20_000 });
    return { id: at + 1, callId, kind: 'outcome', outcome: sampleOutcome(callId, { facts }) };
  });
  for (const one of await store.write(calls)) expect(one.state).toBe('written');
  redis.disconnect();
}

const headline = () => visit.page.locator('#now-state .headline');

const rowTexts = () => visit.page.locator('tbody tr').allInnerTexts();

async function reloadedUntil(what: string, holds: () => Promise<boolean>): Promise<void> {
  await until(what, 30_000, async () => {
    if (await holds()) return true;
    await visit.page.reload();
    return null;
  });
}

async function ring(callers: readonly string[], holdMs: number, press: boolean): Promise<string[]> {
  const steps = press ? [{ hold: holdMs }, { press: '1' }, { hold: 2000 }] : [{ hold: holdMs }];
  const phone = await lab.ring(
    { from: '[field0]', to: switchboard, steps },
    { calls: callers.length, rate: 4, numbers: callers },
  );
  await phone.finished();
  return phone.callIds(callers.length);
}

test('a busy hour of unknown callers who pass, and of known ones, is normal', async () => {
  // People press when they have heard enough, each at another moment.
  const groups = [2200, 2900, 3600, 4300].map((holdMs, group) => ({
    holdMs,
    callers: areas.filter((_, at) => at % 4 === group).map((area) => `+1${area}5550100`),
  }));
  const ids = await Promise.all([
    ...groups.map(({ holdMs, callers }) => ring(callers, holdMs, true)),
    ring([numbers.customer], 2500, false),
    ring([numbers.staff], 2500, false),
  ]);
  const outcomes = [...(await outcomesOf(lab, ids.flat(), 60_000)).values()].flat();
  const reached = outcomes.filter(({ exit }) => exit.kind === 'connect').length;
  expect(reached).toBeGreaterThan(usualCalls);
  await visit.page.goto('/');
  const figures = visit.page.locator('#now-today');
  await figures.locator('li', { hasText: 'Reached people' }).locator(`.big:text-is("${reached}")`).waitFor();
  await figures.filter({ hasText: /usually \d+ by now/ }).waitFor();
  expect(await headline().getAttribute('class')).toBe('headline normal');
  expect(await headline().innerText()).toMatch(
    /^Normal: no attack, no campaign of note; \d+ calls since \d\d:\d\d, usually \d+ at this time of a \w+day\. Calls are being screened\. All systems operational\./,
  );
}, 180_000);

test('robots of one exchange are the headline within a minute of being recognized, without a reload', async () => {
  const callers = Array.from({ length: robots }, (_, at) => `+178655501${String(at).padStart(2, '0')}`);
  await ring(callers, 3000, false);
  await headline().filter({ hasText: 'from +1 786-555' }).waitFor({ timeout: 90_000 });
  const seenAt = Date.now();
  const redis = connectRedis(lab.redis.url, silentLog, { name: 'test' });
  await redisReady(redis, 20_000);
  const [campaign] = await new RedisCampaigns(redis).list(seenAt);
  redis.disconnect();
  expect(campaign?.traits.exchange).toBe('+1786555');
  expect(seenAt - (campaign?.recognizedAt ?? 0)).toBeLessThan(minuteMs);
  const told = headline().filter({ hasText: /14 calls from.*hung up in the prompt/ });
  await told.waitFor({ timeout: 30_000 });
  expect(await told.innerText()).toMatch(
    /^Unusual: 14 calls from \+1 786-555, unsigned, since \d\d:\d\d; 100 % hung up in the prompt; its callers get two digits/,
  );
  expect(await headline().getAttribute('class')).toBe('headline unusual');
  for (const width of [1280, 320]) {
    await visit.page.setViewportSize({ width, height: 900 });
    expect(await overflow(visit.page)).toBe(0);
    expect(await accessFindings(visit.page)).toEqual([]);
  }
  await visit.page.setViewportSize({ width: 1280, height: 900 });
  await headline().getByRole('link', { name: '14 calls' }).click();
  await visit.page.waitForURL('**/calls?*');
  expect(await visit.page.locator('tbody tr').count()).toBe(robots);
}, 180_000);

test('since when Redis was away last night: one click, and the calls of that time one more', async () => {
  const stoppedAt = Date.now();
  await lab.redis.stop();
  await visit.page.goto('/');
  await headline().filter({ hasText: 'new attacks are not recognized' }).waitFor({ timeout: 20_000 });
  const phone = await lab.ring({ from: '+12125550132', to: switchboard, steps: [{ hold: 2000 }] });
  await phone.finished();
  await lab.redis.start();
  const startedAt = Date.now();
  await until('Redis to be back', 30_000, async () => {
    const { redis } = (await (await fetch(`${lab.gatehouse.url}/healthz`)).json()) as { redis: string };
    return redis === 'ready' ? true : null;
  });
  await outcomesOf(lab, [phone.callId()], 60_000);
  // Whoever comes in the morning sees it from any node, also after a restart.
  await lab.gatehouse.stop();
  await lab.gatehouse.start();
  await visit.page.goto('/');
  await visit.page.locator('#now-events tr', { hasText: 'Redis unavailable' }).first().waitFor();
  await visit.page.getByRole('link', { name: 'Events', exact: true }).click();
  await visit.page.waitForURL('**/log');
  const rows = visit.page.locator('tbody tr', { hasText: 'Redis unavailable' });
  const timesOf = async (cell: string) => {
    const shown = rows.locator(`${cell} time`);
    return shown.evaluateAll((all) => all.map((time) => Date.parse(time.getAttribute('datetime') ?? '')));
  };
  const [from, to] = await Promise.all([timesOf('th'), timesOf('td:nth-child(3)')]);
  // On a machine that is too busy for a moment Redis may have been away for another one.
  const at = from.findIndex((one) => Math.abs(one - stoppedAt) < 5000);
  expect(at).toBeGreaterThanOrEqual(0);
  expect(Math.abs((to[at] ?? 0) - startedAt)).toBeLessThan(20_000);
  const row = rows.nth(at);
  await row.getByRole('link', { name: 'Calls of this time' }).click();
  await visit.page.waitForURL('**/calls?*');
  // After a start the records are read again before they are shown.
  await reloadedUntil('the call of that time', async () => (await rowTexts()).length === 1);
}, 180_000);

test('the event log has what happened, in order, and can be read by everybody', async () => {
  await visit.page.goto('/log');
  await reloadedUntil('the start', async () => (await rowTexts())[0]?.includes('Gatehouse started') === true);
  const rows = await rowTexts();
  const happened = ['Gatehouse started', 'Gatehouse stopped', 'Redis unavailable', 'Campaign +1 786-555'];
  const places = happened.map((words) => rows.findIndex((row) => row.includes(words)));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  for (const width of [1280, 320]) {
    await visit.page.setViewportSize({ width, height: 900 });
    expect(await overflow(visit.page)).toBe(0);
    expect(await accessFindings(visit.page)).toEqual([]);
  }
  await visit.page.goto('/history?since=24h');
  expect(await visit.page.locator('.on-narrow polygon').count()).toBeGreaterThan(0);
  expect(visit.external).toEqual([]);
  // Chromium notes what was not there while Gatehouse was started again.
  expect(visit.complaints.filter((words) => !words.startsWith('Failed to load resource'))).toEqual([]);
});
