import { everyCalendar, type LevelFacts, type SiteFacts } from '../../../call/facts.ts';
import { type AttackLevel, attackLevels } from '../../../call/vocabulary.ts';
import type { LevelOf } from '../../logic/logic.ts';
import type { CallSpace } from './call-space.ts';
import type { Literals } from './literals.ts';

/** What is true of the whole site, as supposed; undefined: it is not known; null: there is no such site. */
export function madeSite(
  literals: Literals,
  now: number,
  { before, after }: CallSpace,
): SiteFacts | undefined | null {
  const closed = literals.that('closed', 'yes');
  const levels = madeLevels(literals);
  if (literals.isUnknown('emergency-dialed'))
    return closed.length > 0 || (levels !== undefined && asksLevels(literals)) ? null : undefined;
  if (levels === null) return null;
  const open = literals.that('closed', 'no').map(({ calendar }) => calendar);
  const named = closed.flatMap(({ calendar }) => calendar ?? []);
  const others = [...before.calendars.keys(), ...after.calendars.keys()].filter((one) => !open.includes(one));
  // Closed without saying which: one that nobody asks for.
  const any = open.length === 0 ? everyCalendar : others[0];
  if (closed.length > 0 && named.length === 0 && any === undefined) return null;
  const all = closed.length === 0 ? [] : named.length > 0 ? named : [any ?? everyCalendar];
  const dialed = literals.that('emergency-dialed', 'yes').map(({ withinMs }) => withinMs);
  const notDialed = literals.that('emergency-dialed', 'no').map(({ withinMs }) => withinMs);
  const ago = notDialed.length > 0 ? Math.max(...notDialed) : Math.min(...dialed) / 2;
  return {
    ...(all.length > 0 && { closed: all }),
    ...(dialed.length > 0 && { emergencyDialedAt: now - ago }),
    ...(levels !== undefined && { levels }),
    ...(literals.that('call-back-surge', 'yes').length > 0 && { callBackSurge: true }),
  };
}

function asksLevels(literals: Literals): boolean {
  return literals.of('level').length > 0 || literals.of('call-back-surge').length > 0;
}

/** Undefined: not known; null: there are none such. */
function madeLevels(literals: Literals): LevelFacts | undefined | null {
  if (literals.isUnknown('level') || literals.isUnknown('call-back-surge')) return undefined;
  const asked = literals.of('level');
  const lists = asked.flatMap(({ variable: { of } }) =>
    of.startsWith('list:') ? [of.slice('list:'.length)] : [],
  );
  // A department that no rule names.
  const departments = [...new Set([...lists.slice(0, 4), 'a-department'])];
  const places = ['board', 'called', ...departments] as const;
  for (const chosen of choices(places.length)) {
    const [board, called, ...ofLists] = chosen;
    const levels: LevelFacts = {
      ...(board !== undefined && board !== 'calm' && { board }),
      ...(called !== undefined && called !== 'calm' && { called }),
      departments: Object.fromEntries(
        departments.flatMap((list, at) => {
          const level = ofLists[at];
          return level === undefined || level === 'calm' ? [] : [[list, level]];
        }),
      ),
    };
    const fits = asked.every(
      ({ variable: { atLeast, of }, answer }) => isAtLeast(levels, of, atLeast) === (answer === 'yes'),
    );
    if (fits) return levels;
  }
  return null;
}

/** All ways to choose so many levels, calm first. */
function* choices(count: number): Generator<readonly AttackLevel[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const rest of choices(count - 1)) for (const level of attackLevels.words) yield [level, ...rest];
}

function isAtLeast(
  { board, called, departments = {} }: LevelFacts,
  of: LevelOf,
  least: AttackLevel,
): boolean {
  const all = Object.values(departments);
  const levels =
    of === 'board'
      ? [board]
      : of === 'called-number'
        ? [called]
        : of === 'department'
          ? all
          : of === 'any'
            ? [board, called, ...all]
            : [departments[of.slice('list:'.length)]];
  return levels.some(
    (one) => one !== undefined && attackLevels.all[one].rank >= attackLevels.all[least].rank,
  );
}
