import type { CallRange, CallRecords } from '../../../call/call-records.ts';
import type { MissedPeople, MissedPerson, PeopleCursor } from '../../../call/impact/missed-people.ts';
import type { FollowUp } from '../../../call/staff/follow-ups.ts';
import { answered, NotAnswered } from '../answered.ts';
import type { Expectation } from '../callers/about-callers.ts';
import type { ListHit, ListsView, PageDeps } from '../page-deps.ts';

const atOnce = 1000;
/** The page is shown without what was done then. */
const workDeadlineMs = 1000;

/** People possibly harmed, the newest 1000. @throws NotAnswered */
export function newestPeople(records: CallRecords, range: CallRange): Promise<MissedPeople> {
  return answered(records.missedPeople(range, null, atOnce));
}

/** All of them in batches, the newest first. @throws NotAnswered */
export async function* everyPerson(
  records: CallRecords,
  range: CallRange,
): AsyncGenerator<readonly MissedPerson[]> {
  let after: PeopleCursor | null = null;
  do {
    const { people, next }: MissedPeople = await answered(records.missedPeople(range, after, atOnce));
    yield people;
    after = next;
  } while (after !== null);
}

/** The list that does not block on which the caller stands now; null: none. @param now epoch ms */
export function listedAs({ caller }: MissedPerson, lists: ListsView, now: number): ListHit | null {
  return lists.find(caller, now).find(({ expired, blocks }) => !expired && !blocks) ?? null;
}

/** What staff did about people, by call id and by caller. */
export interface WorkDone {
  readonly followUps: ReadonlyMap<string, FollowUp>;
  readonly expected: ReadonlyMap<string, Expectation>;
}

/** How many calls of the days of the time have a follow-up; null as for `workDone`. */
export async function followUpsSaid(
  { impact, log }: Pick<PageDeps, 'impact' | 'log'>,
  range: CallRange,
): Promise<number | null> {
  return impact === undefined ? null : orNull(impact.followUps.count(range), log);
}

/** Null: Redis does not answer, or nothing is kept here. */
export async function workDone(
  { impact, now, log }: Pick<PageDeps, 'impact' | 'now' | 'log'>,
  people: readonly MissedPerson[],
): Promise<WorkDone | null> {
  if (impact === undefined) return null;
  const calls = people.map(({ callId, lastAt }) => ({ callId, arrivedAt: lastAt }));
  const found = await orNull(Promise.all([impact.followUps.read(calls), impact.expected(now())]), log);
  if (found === null) return null;
  const [followUps, expected] = found;
  return { followUps, expected: new Map(expected.map((call) => [call.caller, call])) };
}

async function orNull<T>(asked: Promise<T>, log: PageDeps['log']): Promise<T | null> {
  try {
    return await answered(asked, workDeadlineMs);
  } catch (error) {
    if (!(error instanceof NotAnswered)) throw error;
    log.warn('Failed to read what was done about callers', { error: error.cause ?? error });
    return null;
  }
}
