import { attackLevels } from '../call/vocabulary.ts';
import type { LevelsNow } from './level-state.ts';

/** How numbers and times are written where it is read. */
export interface LevelWriting {
  /** A called number, masked or not. */
  readonly number: (number: string) => string;
  /** @param at epoch ms */
  readonly time: (at: number) => string;
}

type Level = LevelsNow['levels'][number];
type Surge = LevelsNow['surges'][number];
type LevelFigures = Pick<Level, 'by' | 'until' | 'calls' | 'passed'> & {
  readonly campaigns: readonly string[];
};
type Title = { readonly scope: string; readonly level: Level['level'] };

/** `the whole switchboard`, `the department billing`, `the number +1317•••••23`. */
export function scopeWords(scope: string, { number }: Pick<LevelWriting, 'number'>): string {
  if (scope === 'board') return 'the whole switchboard';
  if (scope.startsWith('list:')) return `the department ${scope.slice('list:'.length)}`;
  return `the number ${number(scope)}`;
}

/** `Attack on the whole switchboard`. */
export function levelTitle({ scope, level }: Title, writing: Pick<LevelWriting, 'number'>): string {
  const of = scopeWords(scope, writing);
  return level === 'attack' ? `Attack on ${of}` : `${attackLevels.label(level)} level of ${of}`;
}

/** Why: `34 unknown callers within 10 minutes did not pass, 3 passed`. */
export function levelReason(
  { by, until, calls, passed, campaigns }: LevelFigures,
  { time }: LevelWriting,
): string {
  if (by !== null) return byHand(by, until, time);
  const members =
    campaigns.length === 0
      ? ''
      : `; ${campaigns.length === 1 ? 'campaign' : 'campaigns'} ${campaigns.join(', ')}`;
  return `${calls} unknown ${calls === 1 ? 'caller' : 'callers'} within 10 minutes did not pass or belong to a campaign, ${passed} passed${members}`;
}

export function surgeTitle({ called }: Pick<Surge, 'called'>, writing: LevelWriting): string {
  return `${writing.number(called)} was forged: people call it back`;
}

export function surgeReason({ by, until, callers }: Surge, { time }: LevelWriting): string {
  return by === null ? `${callers} unknown callers so far` : byHand(by, until, time);
}

function byHand(by: string, until: number, time: LevelWriting['time']): string {
  return `set by hand${by === '' ? '' : ` by ${by}`} until ${time(until)}`;
}

/** Everything that is not calm, a line each. */
export function levelLines({ levels, surges }: LevelsNow, writing: LevelWriting): readonly string[] {
  return [
    ...levels.map(
      (one) =>
        `${levelTitle(one, writing)} since ${writing.time(one.changedAt)}: ${levelReason(one, writing)}`,
    ),
    ...surges.map(
      (one) => `${surgeTitle(one, writing)}, since ${writing.time(one.since)}: ${surgeReason(one, writing)}`,
    ),
  ];
}
