import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRange, CallRecords } from '../../../call/call-records.ts';
import { isLikelyPerson, type MissedPerson } from '../../../call/impact/missed-people.ts';
import type { FollowUp } from '../../../call/staff/follow-ups.ts';
import { answered, NotAnswered } from '../answered.ts';
import type { Expectation } from '../callers/about-callers.ts';
import type { ListsView, PageDeps } from '../page-deps.ts';

/** Callers that are looked at, whatever the range: all likely people first, then the newest others. */
const looked = 3000;
/** Looked up on lists in one turn: calls are screened on the same event loop. */
const atOnce = 100;
/** The page is shown without what was done then. */
const workDeadlineMs = 1000;

/** Somebody whom the challenge perhaps kept out. */
export interface HarmedPerson {
  readonly person: MissedPerson;
  /** On which list that does not block, and as whom; null: on none. */
  readonly listed: { readonly list: string; readonly name: string | null } | null;
}

export interface HarmedPeople {
  /** The newest first. */
  readonly people: readonly HarmedPerson[];
  /** Callers who did not pass, and how many of them were looked at. */
  readonly all: number;
  readonly looked: number;
}

/** Who did not pass and is likely a person, or stands on a list now. Attack traffic is what is left. */
export async function harmedPeople(
  records: CallRecords,
  lists: ListsView,
  { since, until }: CallRange,
  now: number,
): Promise<HarmedPeople> {
  const { people, all } = await records.missedPeople({ since, until }, looked);
  const found: HarmedPerson[] = [];
  for (const [at, person] of people.entries()) {
    if (at % atOnce === atOnce - 1) await nextTurn();
    const hit = lists.find(person.caller, now).find(({ expired, blocks }) => !expired && !blocks);
    const listed = hit === undefined ? null : { list: hit.list, name: hit.name };
    if (listed !== null || isLikelyPerson(person)) found.push({ person, listed });
  }
  found.sort((a, b) => b.person.lastAt - a.person.lastAt);
  return { people: found, all, looked: people.length };
}

/** What staff did about people, by call id and by caller. */
export interface WorkDone {
  readonly followUps: ReadonlyMap<string, FollowUp>;
  readonly expected: ReadonlyMap<string, Expectation>;
}

/** Null: Redis does not answer, or nothing is kept here. */
export async function workDone(
  { impact, now, log }: Pick<PageDeps, 'impact' | 'now' | 'log'>,
  people: readonly HarmedPerson[],
): Promise<WorkDone | null> {
  if (impact === undefined) return null;
  const calls = people.map(({ person: { callId, lastAt } }) => ({ callId, arrivedAt: lastAt }));
  try {
    const [followUps, expected] = await answered(
      Promise.all([impact.followUps.read(calls), impact.expected(now())]),
      workDeadlineMs,
    );
    return { followUps, expected: new Map(expected.map((call) => [call.caller, call])) };
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to read what was done about callers', { error: error.cause ?? error });
    return null;
  }
}
