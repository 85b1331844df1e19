import { describe, expect, it } from 'vitest';
import type { AttackLevel } from '../../src/call/vocabulary.ts';
import type { LevelsNow } from '../../src/levels/level-state.ts';
import { hourMs, minuteMs, quietStart } from './recording-channel.ts';

const since = Date.UTC(2026, 2, 2, 14, 2);

function level(scope: LevelsNow['levels'][number]['scope'], at: AttackLevel, by: string | null = null) {
  return {
    ...{ scope, level: at, since, changedAt: since, until: since + hourMs, by },
    ...{ calls: 34, passed: 3, campaigns: ['c-2026-03-02-1a'] },
  };
}

function start(isOurs = async (_: string) => true) {
  const found = { levels: [] as LevelsNow['levels'], surges: [] as LevelsNow['surges'] };
  const asked: string[] = [];
  const started = quietStart({
    sources: {
      policyRefused: () => null,
      backlog: () => 0,
      digest: { counts: async () => [] },
      isOurs: (name) => {
        asked.push(name);
        return isOurs(name);
      },
      levels: {
        levels: () => found,
        rules: () => ['campaign-during-attack', 'under-attack'],
        link: 'https://gatehouse.example',
      },
    },
  });
  return { ...started, found, asked };
}

describe('an attack', () => {
  it('is told when it rises, not while it goes on or falls, and when all is calm again', async () => {
    const { clock, channel, found } = start();
    found.levels = [level('board', 'elevated')];
    await clock.advance(2 * minuteMs);
    found.levels = [level('board', 'attack')];
    await clock.advance(5 * hourMs);
    found.levels = [level('board', 'elevated')];
    await clock.advance(30 * minuteMs);
    found.levels = [];
    await clock.advance(5 * minuteMs);
    expect(channel.told).toEqual([
      ['Elevated level of the whole switchboard'],
      ['Attack on the whole switchboard'],
      ['Resolved: Elevated level of the whole switchboard'],
    ]);
    expect(channel.messages[1]?.notices[0]?.lines).toEqual([
      '34 unknown callers within 10 minutes did not pass or belong to a campaign, 3 passed; campaign c-2026-03-02-1a',
      'In force because of it: campaign-during-attack, under-attack; known callers are connected as usual',
      'https://gatehouse.example',
    ]);
  });

  it('on the whole switchboard is not told of each number as well; a number is masked', async () => {
    const { clock, channel, found } = start();
    found.levels = [
      level('board', 'attack'),
      level('+13175550142', 'attack'),
      level('list:billing', 'attack'),
    ];
    await clock.advance(2 * minuteMs);
    expect(channel.told).toEqual([['Attack on the whole switchboard', 'Attack on the department billing']]);
    found.levels = [level('+13175550142', 'attack', 'ann')];
    await clock.advance(minuteMs);
    expect(channel.told[1]).toEqual(['Attack on the number +1317•••••42']);
    expect(channel.messages[1]?.notices[0]?.lines[0]).toBe('set by hand by ann until 2026-03-02 15:02');
  });
});

it('a forged number that is called back: what callers will say, told once, and once when it is over', async () => {
  const { clock, channel, found } = start();
  found.surges = [{ called: '+13175550142', since, until: since + hourMs, callers: 21, by: null }];
  await clock.advance(3 * hourMs);
  found.surges = [];
  await clock.advance(5 * minuteMs);
  const title = '+1317•••••42 was forged: people call it back';
  expect(channel.told).toEqual([[title], [`Resolved: ${title}`]]);
  expect(channel.messages[0]?.notices[0]?.lines.slice(0, 2)).toEqual([
    'Callers will say that we called them: somebody else did, and showed our number.',
    '21 unknown callers so far',
  ]);
});

it('one node of several tells it, and is asked once', async () => {
  const { clock, channel, found, asked } = start(async () => false);
  found.levels = [level('board', 'attack')];
  await clock.advance(hourMs);
  found.levels = [];
  await clock.advance(hourMs);
  expect(channel.told).toEqual([]);
  expect(asked).toEqual([expect.stringMatching(`^attack-level:board:${since}:`)]);
});
