import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLevelLimits } from '../../src/call/attack-levels.ts';
import { calmState, levelsAt, readLevelState } from '../../src/levels/level-state.ts';
import { hourMs, minuteMs, monday, play, watched, watching } from './watched-calls.ts';

const silent = (called?: string) => (at: number) => watched({ at, ...(called !== undefined && { called }) });
const levelOf = (state: ReturnType<typeof play>, scope: string) =>
  state.levels.find((one) => one.scope === scope)?.level ?? 'calm';

describe('a wave of unknown callers who do not pass', () => {
  it('is elevated at the tenth call to a number, an attack at the 25th, each within a second', () => {
    const levels = watching();
    const at = (count: number) => {
      for (let call = 0; call < count; call++) levels.see(watched({ at: monday }));
      return levelOf(levels.tick(monday + 500), '+13175550100');
    };
    expect([at(9), at(1), at(14), at(1)]).toEqual(['calm', 'elevated', 'elevated', 'attack']);
  });

  it('over many numbers is an attack on the board, and none on a number', () => {
    let number = 100;
    const state = play(watching(), monday, 8, 10, (at) =>
      watched({ at, called: `+1317555${String(number++ % 100).padStart(4, '0')}` }),
    );
    expect(state.levels.map(({ scope, level }) => [scope, level])).toEqual([['board', 'attack']]);
  });

  it('on two numbers of a department is of the department', () => {
    const levels = watching({ departmentsOf: (called) => (called < '+13175550102' ? ['billing'] : []) });
    let call = 0;
    const state = play(levels, monday, 2, 9, (at) => watched({ at, called: `+1317555010${call++ % 2}` }));
    expect(levelOf(state, 'list:billing')).toBe('elevated');
  });

  it('says how many, since when and until when at most', () => {
    const state = play(watching(), monday, 5, 6, silent());
    expect(state.levels.find(({ scope }) => scope === 'board')).toMatchObject({
      level: 'elevated',
      calls: 30,
      passed: 0,
      since: monday + 199_000,
      until: state.at + 30 * minuteMs,
    });
  });
});

describe('is no attack', () => {
  it.each([
    ['many unknown callers who pass', (at: number) => watched({ at, result: 'passed' })],
    ['callers who are known', (at: number) => watched({ at, known: true })],
    [
      'whoever calls back a forged number',
      (at: number) => watched({ at, result: 'gave-up', callBackSurge: true }),
    ],
    [
      'one caller again and again',
      (at: number) => watched({ at, history: { calls: [9, 9, 9, 9, 9, 9, 9, 9] } }),
    ],
  ])('%s', (_, make) => {
    expect(play(watching(), monday, 15, 40, make).levels).toEqual([]);
  });

  it('a clinic that opens: five pass for each that hangs up', () => {
    let call = 0;
    const make = (at: number) => watched({ at, result: call++ % 6 === 0 ? 'gave-up' : 'passed' });
    expect(play(watching(), monday, 60, 60, make).levels).toEqual([]);
  });
});

it('callers who are not asked can make a level elevated, never an attack', () => {
  const state = play(watching(), monday, 10, 200, (at) => watched({ at, result: null }));
  expect(levelOf(state, 'board')).toBe('elevated');
});

it('callers who are not asked and talk with us are people', () => {
  const levels = watching();
  const state = play(levels, monday, 20, 60, (at) => {
    const call = watched({ at, result: null });
    levels.see(call);
    levels.seeLater(call.callId, { answeredMs: 9000, talkMs: 90_000, cause: 16 });
    return watched({ at, known: true });
  });
  expect(state.levels).toEqual([]);
});

it('members of a campaign count twice, also those who press 1', () => {
  const member = (at: number) => watched({ at, result: 'passed', history: { campaign: 'c-1' } });
  expect(levelOf(play(watching(), monday, 5, 2, member), 'board')).toBe('elevated');
});

it('a campaign of which nothing else is known makes a level, as long as it calls', () => {
  const levels = watching();
  const campaign = { id: 'c-1', state: 'active', lastAt: monday, callsPerMinute: 4, traits: {} };
  levels.campaigns([campaign, { ...campaign, id: 'c-2', state: 'dismissed' }]);
  expect(levels.tick(monday).levels).toMatchObject([{ scope: 'board', level: 'attack', campaigns: ['c-1'] }]);
  expect(play(levels, monday, 45, 0, silent()).levels).toEqual([]);
});

describe('comes back', () => {
  it('by one level at a time, when there were few for ten minutes', () => {
    const levels = watching();
    play(levels, monday, 10, 10, silent());
    const seen: string[] = [];
    for (let minute = 0; minute < 60; minute++) {
      const level = levelOf(play(levels, monday + (10 + minute) * minuteMs, 1, 0, silent()), 'board');
      if (seen.at(-1) !== level) seen.push(level);
    }
    expect(seen).toEqual(['attack', 'elevated', 'calm']);
  });

  it('not while calls go on around the limit', () => {
    const levels = watching();
    const changes = new Set<number>();
    for (let minute = 0; minute < 120; minute++) {
      const state = play(levels, monday + minute * minuteMs, 1, minute % 4 < 2 ? 3 : 1, silent());
      for (const { scope, changedAt } of state.levels) if (scope === 'board') changes.add(changedAt);
    }
    expect(changes.size).toBe(1);
  });

  it('whatever came before', { timeout: 30_000 }, () => {
    const call = fc.record({
      afterMs: fc.integer({ min: 0, max: 120_000 }),
      skewMs: fc.constantFrom(0, 0, 0, -3_600_000, 50_000, 86_400_000, -1e12, 1e12),
      called: fc.constantFrom('+13175550100', '+13175550101', null),
      result: fc.constantFrom('passed', 'silent', 'failed', 'gave-up', null),
      campaign: fc.constantFrom(undefined, 'c-1'),
      repeat: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), fc.boolean(), (some, isResumed) => {
        let levels = watching({ departmentsOf: () => ['all'] });
        let now = monday;
        for (const { afterMs, skewMs, repeat, campaign, ...one } of some) {
          now += afterMs;
          for (let again = 0; again < repeat; again++)
            levels.see(
              watched({ ...one, at: Math.max(0, now + skewMs), history: { campaign: campaign ?? null } }),
            );
          if (campaign)
            levels.campaigns([
              {
                id: campaign,
                state: 'active',
                lastAt: now,
                callsPerMinute: repeat,
                traits: { calledNumber: '+13175550100' },
              },
            ]);
          const state = levels.tick(now);
          expect(readLevelState(JSON.stringify(state))).toEqual(state);
          // The next node knows nothing but what was written.
          if (isResumed) {
            levels = watching({ departmentsOf: () => ['all'] });
            levels.resume(state);
          }
        }
        const last = levels.tick(now);
        for (let minute = 1; minute <= 45; minute++) levels.tick(now + minute * minuteMs);
        expect(levels.tick(now + 46 * minuteMs)).toMatchObject({ levels: [], surges: [] });
        // Without any node that watches, what was written ends by itself.
        const known = { state: last, byHand: [] };
        expect(levelsAt(known, now + hourMs)).toEqual({ levels: [], surges: [] });
      }),
      { numRuns: 150 },
    );
  });

  it('also when the clock is set back', () => {
    const levels = watching();
    play(levels, monday, 10, 10, silent());
    expect(levels.tick(monday - 24 * hourMs).levels).toEqual([]);
    expect(levelOf(play(levels, monday - 24 * hourMs, 10, 10, silent()), 'board')).toBe('attack');
  });
});

it('what is usual at this hour is no attack, once it was seen on a few days', () => {
  const busyDay = (levels: ReturnType<typeof watching>, day: number, callsAMinute: number) => {
    const start = monday - 30 * minuteMs + day * 24 * hourMs;
    let highest = 'calm';
    for (let minute = 0; minute < 60; minute += 5) {
      const state = play(levels, start + minute * minuteMs, 5, minute < 30 ? callsAMinute : 0, silent());
      if (state.levels.length > 0) highest = levelOf(state, 'board');
    }
    for (let minute = 60; minute < 1440; minute += 10) levels.tick(start + minute * minuteMs);
    return highest;
  };
  const limits = { ...defaultLevelLimits, calledNumber: defaultLevelLimits.board };
  const levels = watching({ limits: () => limits });
  expect([0, 1, 2, 3].map((day) => busyDay(levels, day, 1.8))).toEqual(['calm', 'calm', 'calm', 'calm']);
  const usual = levels.learnt();
  expect(busyDay(levels, 4, 3)).toBe('calm');
  const fresh = watching({ limits: () => limits });
  expect(busyDay(fresh, 4, 3)).toBe('elevated');
  const next = watching({ limits: () => limits });
  if (usual !== null) next.restore(usual);
  expect(busyDay(next, 4, 3)).toBe('calm');
});

it('numbers that callers invent fill no memory', () => {
  const levels = watching({ departmentsOf: () => [] });
  const before = process.memoryUsage().heapUsed;
  for (let call = 0; call < 200_000; call++)
    levels.see(watched({ at: monday + call, called: `+1${2_000_000_000 + call}` }));
  const state = levels.tick(monday + 200_000);
  expect(levelOf(state, 'board')).toBe('attack');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100e6);
});

describe('what staff say', () => {
  const by = { since: monday, until: monday + hourMs, by: 'ann', reason: '' };
  const state = play(watching(), monday, 5, 10, silent());
  it('goes before what was found, until its end', () => {
    const known = { state, byHand: [{ scope: 'board' as const, say: 'elevated' as const, ...by }] };
    expect(levelsAt(known, state.at).levels).toMatchObject([
      { scope: '+13175550100', level: 'attack', by: null },
      { scope: 'board', level: 'elevated', by: 'ann', until: monday + hourMs },
    ]);
    expect(levelsAt({ ...known, state: calmState }, monday + hourMs).levels).toEqual([]);
  });
  it('calm for everything is calm everywhere, but where they said otherwise', () => {
    const byHand = [
      { scope: 'board' as const, say: 'calm' as const, ...by },
      { scope: 'list:billing' as const, say: 'attack' as const, ...by },
    ];
    expect(levelsAt({ state, byHand }, state.at).levels).toMatchObject([{ scope: 'list:billing' }]);
  });
});
