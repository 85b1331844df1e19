import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/call/outcome.ts';
import { sampleFacts, sampleOutcome } from '../fakes/sample-outcome.ts';
import { hourMs, minuteMs, quietStart } from './recording-channel.ts';

type Started = ReturnType<typeof quietStart>;
let calls = 0;

function call({ clock, notices }: Started, called: string | null, changes: Partial<Outcome> = {}): void {
  const id = `n1/${++calls}`;
  notices.saw(
    sampleOutcome(id, {
      facts: sampleFacts(id, { now: clock.now(), called: { number: called, raw: '' } }),
      ...changes,
    }),
  );
}
const bypassed = { bypass: { reason: 'app-absent', detail: '' } } as const;

describe('a bypass', () => {
  it('is told within a minute, again each hour while it goes on, and once when it is over', async () => {
    const all = quietStart({ surge: { called: 0, board: 0 } });
    const { clock, channel } = all;
    for (let minute = 0; minute < 130; minute++) {
      call(all, '+13175550000', bypassed);
      await clock.advance(minuteMs);
      if (minute === 0) expect(channel.told).toEqual([['Calls bypassed screening']]);
    }
    await clock.advance(2 * hourMs);
    expect(channel.told).toEqual([
      ['Calls bypassed screening'],
      ['Ongoing: Calls bypassed screening'],
      ['Ongoing: Calls bypassed screening'],
      ['Resolved: Calls bypassed screening'],
    ]);
    expect(channel.messages[3]?.notices[0]).toMatchObject({
      count: 130,
      lines: [expect.stringContaining('app-absent')],
    });
  });
});

describe('refused rules', () => {
  it('are told with their problems, harmless; a moment of being well does not make two matters of it', async () => {
    const { clock, channel, state } = quietStart();
    state.refused = ['policy.yaml:3:1: error: the list has +13175550123\u001b[31m\u202e<@everyone>'];
    await clock.advance(minuteMs);
    state.refused = null;
    await clock.advance(minuteMs);
    state.refused = ['policy.yaml:4:1: error'];
    await clock.advance(10 * minuteMs);
    expect(channel.told).toEqual([['Rule files refused; the last good policy is in force']]);
    expect(channel.messages[0]?.notices[0]?.lines).toEqual([
      'policy.yaml:3:1: error: the list has +1317•••••23\ufffd[31m\ufffd<@everyone>',
    ]);
    state.refused = null;
    await clock.advance(3 * minuteMs);
    expect(channel.told[1]).toEqual(['Resolved: Rule files refused; the last good policy is in force']);
    await clock.advance(24 * hourMs);
    expect(channel.messages).toHaveLength(2);
  });
});

describe('a backlog', () => {
  it('is told when it is large, and when it is old however small', async () => {
    const { clock, channel, state } = quietStart();
    state.backlog = 3;
    await clock.advance(9 * minuteMs);
    expect(channel.told).toEqual([]);
    await clock.advance(2 * minuteMs);
    expect(channel.told).toEqual([['Outcomes are not reaching Redis']]);
    state.backlog = 0;
    await clock.advance(5 * minuteMs);
    expect(channel.told[1]).toEqual(['Resolved: Outcomes are not reaching Redis']);
    state.backlog = 1000;
    await clock.advance(minuteMs);
    expect(channel.told[2]).toEqual(['Outcomes are not reaching Redis']);
  });
});

describe('a surge', () => {
  it('on one number and on the board are told in one message; around the limit it is still one surge', async () => {
    const all = quietStart({ surge: { called: 10, board: 15 } });
    const { clock, channel } = all;
    for (let n = 0; n < 9; n++) call(all, '+13175550000');
    await clock.advance(minuteMs);
    expect(channel.told).toEqual([]);
    for (let n = 0; n < 2; n++) call(all, '+13175550000');
    for (let n = 0; n < 5; n++) call(all, '+13175550001');
    await clock.advance(minuteMs);
    expect(channel.told.map((told) => told.sort())).toEqual([
      ['Call surge: +13175550000', 'Call surge: the whole switchboard'],
    ]);
    // One call a minute: the window holds 10, above the half.
    for (let minute = 0; minute < 30; minute++) {
      call(all, '+13175550000');
      await clock.advance(minuteMs);
    }
    expect(channel.messages).toHaveLength(1);
    await clock.advance(30 * minuteMs);
    expect(channel.told.flat().filter((told) => told.startsWith('Resolved'))).toHaveLength(2);
  });

  it('is told by number and by the name that a list has for it', async () => {
    const all = quietStart();
    all.state.names.set('+13175550100', 'Cardiology');
    for (let n = 0; n < 10; n++) for (const called of ['+13175550100', '+13175560100']) call(all, called);
    await all.clock.advance(minuteMs);
    expect(all.channel.told[0]).toEqual([
      'Call surge: Cardiology (+13175550100)',
      'Call surge: +13175560100',
    ]);
  });
});

it('a storm: 3000 numbers surging and everything broken makes twelve messages an hour at most, and says what it left out', async () => {
  const all = quietStart({ surge: { called: 1, board: 1 }, repeatMs: 5 * minuteMs });
  const { clock, channel, state } = all;
  state.refused = ['broken'];
  for (let n = 0; n < 3000; n++) call(all, `+1317${String(n).padStart(7, '0')}`, bypassed);
  for (let second = 0; second < 3600; second += 60) {
    state.backlog = second % 120 === 0 ? 5000 : 0;
    call(all, '+13175550000', bypassed);
    await clock.advance(minuteMs);
  }
  expect(channel.messages.length).toBeLessThanOrEqual(12);
  expect(Math.max(...channel.messages.map(({ notices }) => notices.length))).toBeLessThanOrEqual(20);
  expect(channel.messages.some(({ leftOut }) => leftOut > 0)).toBe(true);
});

it('without a channel nothing is counted and nothing runs', () => {
  const all = quietStart({ channels: [] });
  call(all, '+13175550000', bypassed);
  expect(all.clock.pending).toBe(0);
});

describe('the outbox', () => {
  it('a disk that takes nothing, and records that Redis refuses, are told, and when they are over', async () => {
    const { clock, channel, state } = quietStart({});
    const failing = { error: 'Error: database or disk is full' };
    state.outbox = { failing, inMemory: 5, inSecondPlace: 5, setAside: 2 };
    await clock.advance(minuteMs);
    expect(channel.told).toEqual([['Records cannot be written to disk', 'Redis is refusing records']]);
    expect(channel.messages[0]?.notices[0]?.lines).toEqual([
      'Error: database or disk is full',
      '5 calls are in memory, all of them in the spool folder too; free space in GATEHOUSE_DATA',
    ]);
    state.outbox = { failing: null, inMemory: 0, inSecondPlace: 0, setAside: 0 };
    await clock.advance(10 * minuteMs);
    expect(channel.told.at(-1)).toEqual([
      'Resolved: Records cannot be written to disk',
      'Resolved: Redis is refusing records',
    ]);
  });
});
