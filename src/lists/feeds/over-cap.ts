import { coveredBy, patternWords } from '../../numbers/number-pattern.ts';
import type { FeedCaps } from '../../policy/compile/declared-lists.ts';
import type { PackedList } from '../held/packed-list.ts';

/** Small lists and organizations with few callers may exceed the caps by this much. */
const freeGrowth = 1000;
const freeCallers = 5;
/** A list that loses nearly all rows at once was probably truncated. */
const minShare = 0.1;
const minRowsBefore = 100;

/** Callers of the last month, and how many of them the new list has and the one in force has not. */
export interface ListedCallers {
  readonly callers: number;
  readonly listed: number;
}

/** Null: the records cannot be read. */
export type CountListedCallers = (
  list: PackedList,
  inForce: PackedList | null,
) => Promise<ListedCallers | null>;

export interface OverCap {
  readonly code: 'feed-prefixes' | 'feed-covers' | 'feed-growth' | 'feed-shrank' | 'feed-turns-away';
  readonly message: string;
}

/**
 * Whether a feed's new content changes more than one fetch may: this limits what a publisher, or an intruder there, can do
 * to callers. Null: it may come into force.
 * @param inForce the list that it would replace; null: there is none
 * @param blocks callers on the list may be turned away
 */
export async function overCap(
  list: PackedList,
  inForce: PackedList | null,
  caps: FeedCaps,
  blocks: boolean,
  countCallers: CountListedCallers,
): Promise<OverCap | null> {
  const patterns = list.patterns.map(({ kind, from, to, line }) => ({
    line,
    pattern: kind === 'prefix' ? { kind, prefix: from } : { kind, from, to },
  }));
  const [first] = patterns;
  if (first && caps.prefixesCover === null) {
    return {
      code: 'feed-prefixes',
      message: `the feed has ${patterns.length} prefixes or ranges, the first in line ${first.line}: ${patternWords(first.pattern)}; a feed may hold only single numbers unless the list sets prefixes: to how many numbers they may cover`,
    };
  }
  const covered = patterns.reduce((sum, { pattern }) => sum + coveredBy(pattern), 0);
  if (caps.prefixesCover !== null && covered > caps.prefixesCover) {
    const widest = patterns.toSorted((a, b) => coveredBy(b.pattern) - coveredBy(a.pattern))[0];
    const shown = widest ? `, the widest in line ${widest.line}: ${patternWords(widest.pattern)}` : '';
    return {
      code: 'feed-covers',
      message: `its prefixes and ranges cover ${covered.toLocaleString('en')} numbers${shown}; the list allows ${caps.prefixesCover.toLocaleString('en')} (prefixes:)`,
    };
  }
  if (inForce !== null && inForce.size > 0) {
    const [before, now] = [inForce.size.toLocaleString('en'), list.size.toLocaleString('en')];
    const most = Math.max(inForce.size * caps.growth, inForce.size + freeGrowth);
    if (list.size > most)
      return {
        code: 'feed-growth',
        message: `the feed grew from ${before} to ${now} rows at once; the list allows ${caps.growth} times as many (growth:)`,
      };
    if (inForce.size >= minRowsBefore && list.size < inForce.size * minShare)
      return { code: 'feed-shrank', message: `the feed shrank from ${before} to ${now} rows at once` };
  }
  return blocks ? overCallers(list, inForce, caps, countCallers) : null;
}

async function overCallers(
  list: PackedList,
  inForce: PackedList | null,
  caps: FeedCaps,
  countCallers: CountListedCallers,
): Promise<OverCap | null> {
  const counted = await countCallers(list, inForce);
  if (counted === null) return null;
  const { callers, listed } = counted;
  if (listed <= freeCallers || listed * 100 <= callers * caps.turnedAwayPercent) return null;
  const percent = ((listed * 100) / callers).toFixed(1);
  return {
    code: 'feed-turns-away',
    message: `${listed} of the ${callers} callers of the last month (${percent} %) would be on the list and were not; the list allows ${caps.turnedAwayPercent} % (turned-away:)`,
  };
}
