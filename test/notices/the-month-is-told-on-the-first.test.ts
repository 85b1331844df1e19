import { expect, it } from 'vitest';
import type { MonthFigures, MonthReport } from '../../src/call/impact/month-figures.ts';
import { MonthlyNotice } from '../../src/notices/monthly.ts';
import type { Notice } from '../../src/notices/notice.ts';
import { NoticeBoard } from '../../src/notices/notice-board.ts';
import type { Month } from '../../src/text/month.ts';
import { settled } from '../fakes/fake-clock.ts';
import { minuteMs, quietStart } from './recording-channel.ts';

const figures: MonthFigures = {
  ...{ calls: 51_204, challenged: 9000, passed: 4000, stopped: 4310, affected: 12, followedUp: 9 },
  results: {
    connected: 40_000,
    voicemail: 8000,
    rejected: 200,
    abandoned: 3000,
    bypassed: 4,
    unaccounted: 0,
  },
};
const campaigns = [
  { name: 'From +17862034455, silent', calls: 14_000, numbers: 900, startedAt: Date.UTC(2026, 2, 10) },
];

/** `claims`: those of the site. */
function monthSource(claims = new Set<string>()) {
  const asked: Month[] = [];
  const state = { isAway: false, calls: figures.calls };
  const report = async (wanted: Month): Promise<MonthReport> => {
    asked.push(wanted);
    if (state.isAway) throw new Error('away');
    return {
      ...wanted,
      now: { ...figures, calls: state.calls },
      before: { ...figures, calls: 40_000 },
      campaigns,
    };
  };
  const claimOnce = async (name: string) => {
    const isFirst = !claims.has(name);
    claims.add(name);
    return isFirst;
  };
  return { report, claimOnce, link: 'https://gatehouse.example/', asked, state };
}

function monthly(source = monthSource(), zone = 'UTC') {
  const told: Omit<Notice, 'phase' | 'count'>[] = [];
  const board = new NoticeBoard({ node: 'n1', repeatMs: 1, isQuiet: () => false });
  board.addOnce = (notice) => void told.push(notice);
  const notice = new MonthlyNotice({ source, node: 'n1', audience: 'people', zone, atMinute: 420, board });
  const check = async (time: string) => {
    notice.check(Date.parse(time));
    await settled();
  };
  return { check, told, source };
}

it('on the first at the hour of the digest, the figures of the month before, once', async () => {
  const { check, told, source } = monthly();
  await check('2026-03-31T23:00:00Z');
  await check('2026-04-01T06:59:00Z');
  expect(told).toEqual([]);
  await check('2026-04-01T07:00:00Z');
  expect(source.asked).toMatchObject([{ month: '2026-03', isOver: true }]);
  expect(told.map(({ title }) => title)).toEqual(['March 2026: what the switchboard was spared']);
  const lines = told[0]?.lines ?? [];
  expect(lines[0]).toContain('51,204 calls were handled and 4,310 unwanted ones stopped');
  expect(lines).toContain('Calls handled: 51,204 (month before: 40,000, +28 %)');
  expect(lines).toContain(
    'Campaign: From +1786•••••55, silent; 14,000 calls from 900 numbers, first on 2026-03-10',
  );
  expect(lines.at(-1)).toBe('https://gatehouse.example/month?month=2026-03');
  await check('2026-04-02T07:00:00Z');
  expect(told).toHaveLength(1);
  await check('2026-05-01T07:00:00Z');
  expect(told).toHaveLength(2);
});

it('by the clock of the organization', async () => {
  const { check, told } = monthly(monthSource(), 'America/New_York');
  await check('2026-04-01T10:59:00Z');
  expect(told).toEqual([]);
  await check('2026-04-01T11:00:00Z');
  expect(told).toHaveLength(1);
});

it('of several nodes one sends it, and none again after a restart', async () => {
  const claims = new Set<string>();
  const nodes = [1, 2, 3].map(() => monthly(monthSource(claims)));
  for (const { check } of nodes) await check('2026-04-01T07:00:00Z');
  expect(nodes.map(({ told }) => told.length)).toEqual([1, 0, 0]);
});

it('while the records are away it waits, three days at most', async () => {
  const { check, told, source } = monthly();
  source.state.isAway = true;
  await check('2026-04-01T07:00:00Z');
  source.state.isAway = false;
  await check('2026-04-01T07:05:00Z');
  expect(told).toEqual([]);
  await check('2026-04-01T07:10:00Z');
  expect(told).toHaveLength(1);
  const late = monthly();
  await late.check('2026-04-04T07:01:00Z');
  expect([late.told, late.source.asked]).toEqual([[], []]);
});

it('of a month without calls nothing is told', async () => {
  const { check, told, source } = monthly();
  source.state.calls = 0;
  await check('2026-04-01T07:00:00Z');
  expect(told).toEqual([]);
});

it('goes to the channels, only where it was asked for', async () => {
  for (const isWanted of [true, false]) {
    const sources = { policyRefused: () => null, backlog: () => 0, digest: { counts: async () => [] } };
    // The fake clock stands on the second of March.
    const { clock, channel } = quietStart({
      ...{ monthly: isWanted, sources: { ...sources, month: monthSource() } },
    });
    await clock.advance(2 * minuteMs);
    expect(channel.told).toEqual(isWanted ? [['February 2026: what the switchboard was spared']] : []);
  }
});
