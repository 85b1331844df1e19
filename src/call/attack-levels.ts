import type { LevelFacts } from './facts.ts';
import type { AttackLevel } from './vocabulary.ts';

/** How many unknown callers who do not pass within ten minutes make a level. */
export interface LevelLimit {
  readonly elevated: number;
  readonly attack: number;
}

/** When attack levels rise and fall: settings of the rules. */
export interface LevelLimits {
  readonly board: LevelLimit;
  readonly department: LevelLimit;
  readonly calledNumber: LevelLimit;
  /** How long there must be few such calls before a level falls by one. */
  readonly calmAfterMs: number;
  /** How many unknown callers within half an hour, who behave as people, make a call-back surge on one called number. */
  readonly callBackSurge: number;
}

/** What holds unless the rules say otherwise. */
export const defaultLevelLimits: LevelLimits = {
  board: { elevated: 20, attack: 60 },
  department: { elevated: 15, attack: 40 },
  calledNumber: { elevated: 10, attack: 25 },
  calmAfterMs: 600_000,
  callBackSurge: 15,
};

/** Levels as cases and `gatehouse explain` write them: of `board`, of `called-number`, or of a list by its name. */
export function writtenLevels(written: Readonly<Record<string, AttackLevel>>): LevelFacts {
  const above = Object.entries(written).filter(([, level]) => level !== 'calm');
  const departments = above.filter(([of]) => of !== 'board' && of !== 'called-number');
  return {
    ...(above.some(([of]) => of === 'board') && { board: written.board as AttackLevel }),
    ...(above.some(([of]) => of === 'called-number') && { called: written['called-number'] as AttackLevel }),
    ...(departments.length > 0 && { departments: Object.fromEntries(departments) }),
  };
}
