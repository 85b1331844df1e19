import { describe, expect, it } from 'vitest';
import { calmState, levelFacts, levelsAt } from '../../src/levels/level-state.ts';
import { hourMs, minuteMs, monday, play, watched, watching } from './watched-calls.ts';

const did = '+13175550142';
const dayMs = 24 * hourMs;

/** Has watched for a day. */
function watchingSince(day = monday - dayMs) {
  const levels = watching();
  for (let at = day; at < monday; at += 10 * minuteMs) levels.tick(at);
  return levels;
}
/** Nine of ten press 1. */
let turn = 0;
const victim = (at: number) => watched({ at, called: did, result: turn++ % 10 === 0 ? 'gave-up' : 'passed' });

describe('people who call back', () => {
  it('are recognized, once there are fifteen of them, on their number alone', () => {
    const state = play(watchingSince(), monday, 20, 1, victim);
    expect(state.surges).toMatchObject([{ called: did, since: monday + 14 * minuteMs + 59_000 }]);
    expect(state.surges[0]?.callers).toBeGreaterThanOrEqual(19);
    expect(state.levels).toEqual([]);
    const now = levelsAt({ state, byHand: [] }, state.at);
    expect(levelFacts(now, did, () => false)).toEqual({ levels: {}, callBackSurge: true });
    expect(levelFacts(now, '+13175550100', () => false)).toEqual({ levels: {} });
  });

  it('are recognized by short talks all the same', () => {
    const levels = watchingSince();
    const state = play(levels, monday, 20, 1, (at) => {
      const call = victim(at);
      levels.see(call);
      levels.seeLater(call.callId, { answeredMs: 9000, talkMs: 20_000, cause: 16 });
      return watched({ at, known: true, called: '+13175550199' });
    });
    expect(state.surges).toHaveLength(1);
  });

  it('who hang up at the explanation keep it on; it ends some time after the last of them', () => {
    const levels = watchingSince();
    const start = monday + 20 * minuteMs;
    play(levels, monday, 20, 1, victim);
    const explained = (at: number) => watched({ at, called: did, result: 'gave-up', callBackSurge: true });
    const later = play(levels, start, 120, 1, explained);
    expect(later.surges).toHaveLength(1);
    expect(later.levels).toEqual([]);
    expect(play(levels, start + 120 * minuteMs, 45, 0, explained).surges).toEqual([]);
  });
});

describe('is no call-back surge', () => {
  it.each<[string, (at: number) => ReturnType<typeof watched>]>([
    ['robots, of which no key comes', (at) => watched({ at, called: did })],
    [
      'a walk over our numbers',
      (at) => watched({ at, called: `+1317555${String(turn++ % 100).padStart(4, '0')}`, result: 'passed' }),
    ],
    [
      'people who call again',
      (at) => watched({ at, called: did, result: 'passed', history: { calls: [1, 1, 1, 1, 1, 2, 3, 3] } }),
    ],
    [
      'members of a campaign who press 1',
      (at) => watched({ at, called: did, result: 'passed', history: { campaign: 'c-1' } }),
    ],
    [
      'a line on which many are known to us',
      (at) =>
        watched({ at, called: did, result: 'passed', ...(turn++ % 2 === 0 && { known: true as const }) }),
    ],
    [
      'callers of whom no history could be read',
      (at) => watched({ at, called: did, result: 'passed', history: { calls: null } }),
    ],
    [
      'callers who were not asked: nothing tells people from robots',
      (at) => watched({ at, called: did, result: null }),
    ],
  ])('%s', (_, make) => {
    expect(play(watchingSince(), monday, 60, 2, make).surges).toEqual([]);
  });

  it.each([1, 10])('a clinic that opens, %d a minute: its callers have something to say', (aMinute) => {
    const levels = watchingSince();
    const patients: { id: string; until: number }[] = [];
    const state = play(levels, monday, 60, aMinute, (at) => {
      const patient = watched({ at, called: did, result: 'passed' });
      patients.push({ id: patient.callId, until: at + 150_000 });
      while ((patients[0]?.until ?? Number.POSITIVE_INFINITY) <= at)
        levels.seeLater(patients.shift()?.id ?? '', { answeredMs: 9000, talkMs: 140_000, cause: 16 });
      return patient;
    });
    expect(state.surges).toEqual([]);
  });

  it('a number on the first day that anybody watches it', () => {
    expect(play(watchingSince(monday - hourMs), monday, 60, 2, victim).surges).toEqual([]);
  });

  it('a number that has as many new callers each morning', () => {
    const levels = watching();
    for (let day = 0; day < 5; day++) {
      const start = monday - 30 * minuteMs + (day - 4) * dayMs;
      for (let hour = 0; hour < 24; hour++) {
        const { surges } = play(levels, start + hour * hourMs, 60, hour === 0 ? 0.4 : 0, victim);
        expect(surges).toEqual([]);
      }
    }
    expect(play(levels, monday + 23.5 * hourMs, 40, 1, victim).surges).toEqual([]);
  });
});

it('staff say that a number was forged, and that another was not', () => {
  const by = { since: monday, until: monday + hourMs, by: 'ann', reason: '' };
  const said = levelsAt(
    { state: calmState, byHand: [{ scope: did, say: 'call-back-surge', ...by }] },
    monday + minuteMs,
  );
  expect(levelFacts(said, did, () => false)).toEqual({ levels: {}, callBackSurge: true });
  const state = play(watchingSince(), monday, 20, 1, victim);
  const denied = levelsAt({ state, byHand: [{ scope: did, say: 'no-call-back-surge', ...by }] }, state.at);
  expect(denied.surges).toEqual([]);
});
