import type { Problem } from '../problem.ts';
import { broadOwnNumbers } from './breadth.ts';
import type { Doubt, Doubted } from './doubt.ts';
import { earlyMedia } from './early-media.ts';
import { expiredLists, strangeCalledNumbers, unused } from './never-used.ts';
import { siteNames } from './site-names.ts';
import { longClosed, pastDates } from './times.ts';

const doubts: readonly Doubt[] = [
  siteNames,
  broadOwnNumbers,
  unused,
  expiredLists,
  strangeCalledNumbers,
  longClosed,
  pastDates,
  earlyMedia,
];

/** What can be written and was probably not meant: with its place and a remedy. */
export function findDoubts(doubted: Doubted): Problem[] {
  return doubts.flatMap((doubt) => [...doubt(doubted)]);
}
