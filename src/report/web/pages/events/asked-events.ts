import {
  type EventKind,
  eventKindWords,
  eventsIn,
  isEventKind,
  type SiteEvent,
} from '../../../../site-events/site-event.ts';
import type { TimeRange } from '../../time-range.ts';

/** Which kinds an address asks for, `kinds=outage,level`; none: all. `problem`: it cannot be read, and nothing is shown. */
export interface AskedKinds {
  readonly kinds: ReadonlySet<EventKind>;
  /** As it was typed; empty: nothing was. */
  readonly text: string;
  readonly problem: string | null;
}

export function readKinds(text: string | undefined): AskedKinds {
  const words = (text ?? '').split(',').filter((word) => word !== '');
  const unknown = words.find((word) => !isEventKind(word));
  const problem =
    unknown === undefined ? null : `Unknown kind of event. There are: ${eventKindWords.join(', ')}.`;
  return { kinds: new Set(words.filter(isEventKind)), text: (text ?? '').slice(0, 200), problem };
}

/** Events of the time and of the kinds, the latest first. */
export function eventsAsked(
  all: readonly SiteEvent[],
  range: TimeRange,
  { kinds, problem }: AskedKinds,
  now: number,
): SiteEvent[] {
  if (range.problem !== null || problem !== null) return [];
  return eventsIn(all, range, now).filter(({ kind }) => kinds.size === 0 || kinds.has(kind));
}
