import { expect, it } from 'vitest';
import type { LiveView } from '../../../src/report/web/page-deps.ts';
import { maskedNumbers, PageNumbers } from '../../../src/report/web/page-numbers.ts';
import type { NowData } from '../../../src/report/web/pages/now/now-data.ts';
import { nowPage } from '../../../src/report/web/pages/now/now-page.ts';

const now = Date.UTC(2026, 2, 2, 15);
const hostile = '<script>alert(1)</script>';

function page(changes: Partial<ReturnType<LiveView['health']>>, mode: NowData['mode'] = 'enforce'): string {
  const well = { up: true, state: 'ready', since: now };
  const health = {
    ...{ node: 'n1', ari: well, redis: well, backlog: 0, outages: [], startedAt: now },
    outbox: { failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 },
    ...changes,
  };
  const policy: NowData['policy'] = {
    ...{ version: '1', loadedAt: now, refused: null, standIn: null, kept: null, reloads: [] },
  };
  const numbers = new PageNumbers(maskedNumbers);
  const recorded = { latest: [], today: null, campaigns: new Map(), exchanges: [], awaySince: null };
  const none = { live: [], lists: [], rules: () => [], campaigns: [], campaignRules: [], events: [] };
  return String(nowPage({ ...none, health, policy, recorded, mode, now, numbers, mayShowWhole: false }));
}

it('a board that only watches is not said to screen calls', () => {
  expect(page({})).toContain('Calls are being screened.');
  const text = page({}, 'monitor');
  expect(text).toMatch(/monitor mode: every call is connected[\s\S]*take <code>mode: monitor<\/code> out/);
  expect(text).not.toContain('Calls are being screened.');
});

it.each<[string, Parameters<typeof page>[0], RegExp]>([
  [
    'a Redis that takes no records',
    {
      redis: { up: false, state: 'refusing', since: now },
      backlog: 3,
      redisDangers: [
        {
          code: 'redis-read-only',
          level: 'error',
          message: hostile,
          remedy: 'Point to the master',
          server: '',
        },
      ],
    },
    /Redis takes no records[\s\S]*caller history may be out of date[\s\S]*Point to the master/,
  ],
  [
    'a channel',
    {
      failingChannels: [
        { channel: 'mail', since: now, waiting: 2, reason: hostile, remedy: 'Set GATEHOUSE_CA_FILE' },
      ],
    },
    /Notices by mail have failed[\s\S]*Set GATEHOUSE_CA_FILE[\s\S]*2 messages wait/,
  ],
  [
    'a setting',
    { settings: [{ name: 'GATEHOUSE_DIGEST', message: hostile, remedy: 'Set it to off.' }] },
    /The setting GATEHOUSE_DIGEST is wrong[\s\S]*Set it to off\.[\s\S]*restart/,
  ],
  [
    'a trunk without keys',
    { keylessTrunks: [{ trunk: hostile, callers: 25, since: now, remedy: 'Set dtmf_mode' }] },
    /No keys arrive over the trunk[\s\S]*25 callers[\s\S]*Set dtmf_mode/,
  ],
])('%s, and its remedy; what others wrote is text', (_, changes, words) => {
  const text = page(changes);
  expect(text).toMatch(words);
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('<script>');
  expect(text).not.toContain('All systems operational');
});

it('nothing wrong: nothing is said', () => {
  expect(page({})).toContain('All systems operational');
});
