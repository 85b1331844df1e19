import { expect, it } from 'vitest';
import { isQuiet, nextDigest } from '../../src/notices/notice-board.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { hourMs, minuteMs, quietStart } from './recording-channel.ts';

const at = (iso: string) => Date.parse(iso);

it('knows quiet hours over midnight and within a day, in the zone of the people', () => {
  const night = { fromMinute: 22 * 60, toMinute: 7 * 60 };
  const zone = 'America/New_York';
  expect(isQuiet(at('2026-03-03T03:00:00Z'), night, zone)).toBe(true); // 22:00
  expect(isQuiet(at('2026-03-03T02:59:59Z'), night, zone)).toBe(false); // 21:59
  expect(isQuiet(at('2026-03-03T11:59:59Z'), night, zone)).toBe(true); // 06:59
  expect(isQuiet(at('2026-03-03T12:00:00Z'), night, zone)).toBe(false); // 07:00
  expect(isQuiet(at('2026-03-03T17:30:00Z'), { fromMinute: 720, toMinute: 780 }, zone)).toBe(true);
  expect(isQuiet(at('2026-03-03T03:00:00Z'), null, zone)).toBe(false);
});

it('the digest comes at the hour of the wall clock, also when the clocks change', () => {
  const zone = 'America/New_York';
  const next = (from: string, every: 'daily' | 'weekly' = 'daily') =>
    new Date(nextDigest(at(from), every, 7 * 60, zone)).toISOString();
  expect(next('2026-03-07T12:00:00Z')).toBe('2026-03-08T11:00:00.000Z');
  expect(next('2026-03-08T11:00:00Z')).toBe('2026-03-09T11:00:00.000Z');
  expect(next('2026-03-06T11:59:00Z')).toBe('2026-03-06T12:00:00.000Z');
  expect(next('2026-03-03T00:00:00Z', 'weekly')).toBe('2026-03-09T11:00:00.000Z');
  // 02:30 does not exist that day.
  expect(new Date(nextDigest(at('2026-03-08T05:00:00Z'), 'daily', 150, zone)).toISOString()).toBe(
    '2026-03-08T07:30:00.000Z',
  );
});

it('a surge at night is told in the morning, once, though it is long over; a bypass at once', async () => {
  // The clock begins at 15:00 UTC; quiet from 15:00 to 20:00.
  const { clock, channel, notices } = quietStart({ quietHours: { fromMinute: 15 * 60, toMinute: 20 * 60 } });
  for (let n = 0; n < 20; n++)
    notices.saw(sampleOutcome(`n1/${n}`, { facts: sampleFacts(`n1/${n}`, { now: clock.now() }) }));
  await clock.advance(hourMs);
  expect(channel.told).toEqual([]);
  const bypass = { reason: 'watchdog', detail: '' } as const;
  notices.saw(sampleOutcome('n1/x', { bypass, facts: sampleFacts('n1/x', { now: clock.now() }) }));
  await clock.advance(minuteMs);
  expect(channel.told).toEqual([['Calls bypassed screening']]);
  await clock.advance(4 * hourMs);
  expect(channel.told.at(-1)).toEqual(['Call surge: +13175550000']);
  expect(channel.messages.at(-1)?.notices[0]?.phase).toBe('once');
});

it('a digest tells what happened since the last one, and says so when it cannot', async () => {
  const asked: unknown[] = [];
  let isAway = false;
  const counts = async (dimension: string, range: object) => {
    asked.push(range);
    if (isAway) throw new Error('away');
    return {
      where: [
        { value: 'connected', calls: 40 },
        { value: 'voicemail', calls: 5 },
        { value: 'bypassed', calls: 2 },
      ],
      rule: [{ value: 'everyone-else', calls: 40 }],
      challenge: [{ value: 'passed', calls: 9 }],
      bypass: [{ value: 'overload', calls: 2 }],
    }[dimension as 'where'];
  };
  const sources = { policyRefused: () => null, backlog: () => 0, digest: { counts } };
  const { clock, channel } = quietStart({ digest: 'daily', digestAtMinute: 16 * 60, sources });
  await clock.advance(hourMs + minuteMs);
  expect(asked[0]).toEqual({
    since: at('2026-03-01T16:00:00Z'),
    until: at('2026-03-02T16:00:00Z'),
  });
  expect(channel.told).toEqual([['Daily summary']]);
  expect(channel.messages[0]?.notices[0]?.lines).toEqual([
    'From 2026-03-01 16:00 to 2026-03-02 16:00',
    '47 calls: connected 40, voicemail 5, bypassed 2',
    'The same calls by challenge result: passed 9',
    'The same calls by reason for bypassing screening: overload 2',
    'The same calls by rule: everyone-else 40',
  ]);
  isAway = true;
  await clock.advance(24 * hourMs);
  expect(channel.messages[1]?.notices[0]?.lines[1]).toBe(
    'The counts could not be read: Redis does not answer.',
  );
});
