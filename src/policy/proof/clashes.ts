import { attackLevels } from '../../call/vocabulary.ts';
import { areApart, isWithin, type NumberPattern } from '../../numbers/number-pattern.ts';
import type { LevelOf, Variable } from '../logic/logic.ts';
import { no, unknown, yes } from './dimensions.ts';

/** Variables of one family may contradict each other; null: the variable stands alone. */
export function familyOf(variable: Variable): string | null {
  switch (variable.about) {
    case 'trunk':
    case 'name':
    case 'flags':
    case 'campaign':
    case 'closed':
    case 'share':
    case 'emergency-dialed':
    case 'claimed-name':
    case 'heard':
      return variable.about;
    case 'level':
    case 'call-back-surge':
      return 'level';
    case 'caller-pattern':
    case 'caller-country':
      return 'caller';
    case 'called-pattern':
      return 'called';
    case 'count':
      return `${variable.field} ${variable.withinMs}`;
    default:
      return null;
  }
}

/** True when no call can have both answers. What it does not know of, it takes for possible. */
export function clash(a: Variable, aValue: number, b: Variable, bValue: number): boolean {
  return oneWay(a, aValue, b, bValue) || oneWay(b, bValue, a, aValue);
}

function oneWay(a: Variable, aValue: number, b: Variable, bValue: number): boolean {
  switch (a.about) {
    case 'trunk':
      return b.about === 'trunk' && aValue === yes && bValue === yes && a.name !== b.name;
    case 'caller-country':
      if (aValue !== yes) return false;
      if (b.about === 'caller-country') return bValue === yes && a.country !== b.country;
      return (
        b.about === 'caller-pattern' &&
        patternsClash({ kind: 'prefix', prefix: `+${a.callingCode}` }, b.pattern, bValue)
      );
    case 'caller-pattern':
    case 'called-pattern':
      return aValue === yes && a.about === b.about && patternsClash(a.pattern, b.pattern, bValue);
    case 'name':
      return aValue === yes && b.about === 'name' && namesClash(a, b, bValue);
    case 'count':
      if (b.about !== 'count') return false;
      if (aValue === unknown) return bValue !== unknown;
      return aValue === yes && bValue === no && a.over >= b.over;
    case 'flags':
      if (b.about !== 'flags') return false;
      if (aValue === unknown) return bValue !== unknown;
      return (
        aValue === yes && bValue === no && a.over >= b.over && a.words.every((word) => b.words.includes(word))
      );
    case 'share':
      return b.about === 'share' && aValue === yes && bValue === no && a.percent <= b.percent;
    case 'claimed-name':
      return (
        b.about === 'claimed-name' &&
        a.only === b.only &&
        aValue === yes &&
        bValue === no &&
        a.group !== null &&
        b.group === null
      );
    case 'heard':
      return b.about === 'heard' && aValue === unknown && bValue !== unknown;
    case 'closed':
      return b.about === 'closed' && aValue === yes && bValue === no && b.calendar === null;
    case 'emergency-dialed':
      if (b.about !== 'emergency-dialed') return false;
      if (aValue === unknown) return bValue !== unknown;
      return aValue === yes && bValue === no && a.withinMs <= b.withinMs;
    case 'level':
    case 'call-back-surge':
      // Both are known, or neither is.
      if (b.about !== 'level' && b.about !== 'call-back-surge') return false;
      if (aValue === unknown) return bValue !== unknown;
      if (a.about !== 'level' || b.about !== 'level' || aValue !== yes || bValue !== no) return false;
      return attackLevels.all[a.atLeast].rank >= attackLevels.all[b.atLeast].rank && isPartOf(a.of, b.of);
    case 'campaign':
      if (b.about !== 'campaign') return false;
      if (aValue === unknown) return bValue !== unknown;
      if (aValue !== yes || a.id === null) return false;
      return b.id === null ? bValue === no : bValue === yes && a.id !== b.id;
    default:
      return false;
  }
}

/** A level of the first is one of the second, too. */
function isPartOf(a: LevelOf, b: LevelOf): boolean {
  return a === b || b === 'any' || (b === 'department' && a.startsWith('list:'));
}

/** The first is known to hold. */
function patternsClash(holds: NumberPattern, other: NumberPattern, otherValue: number): boolean {
  return otherValue === yes ? areApart(holds, other) : otherValue === no && isWithin(holds, other);
}

type Name = Extract<Variable, { about: 'name' }>;

/** The first is known to hold. */
function namesClash(holds: Name, other: Name, otherValue: number): boolean {
  if (holds.how === 'matches' || other.how === 'matches') return false;
  const follows = other.how === 'equals' ? holds.text === other.text : holds.text.includes(other.text);
  if (otherValue === no) return follows && (holds.how === 'equals' || other.how === 'contains');
  // What equals a text contains nothing else.
  return otherValue === yes && holds.how === 'equals' && !follows;
}
