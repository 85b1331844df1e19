import type { CallRecord } from '../../src/call/call-records.ts';
import { bypassOf, dispositionOf } from '../../src/call/disposition.ts';
import { type CallStory, reached } from './call-story.ts';

/** A time in which Asterisk was not there, epoch ms. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export type Fault = 'lost' | 'missing' | 'doubled' | 'contradicted';

export interface Finding {
  readonly fault: Fault;
  readonly why: string;
}

export interface Judgment {
  readonly story: CallStory;
  readonly records: readonly CallRecord[];
  readonly findings: readonly Finding[];
  /** Asterisk died with it, or was not there: nobody could have saved it. */
  readonly endedWithAsterisk: boolean;
  /** The record says that it does not know. */
  readonly isUnknown: boolean;
  /** ms until a person's phone rang or a mailbox took the call; null when neither happened. */
  readonly waitMs: number | null;
  /** Pressed the 1 that was asked, and got to a mailbox. */
  readonly lostItsPress: boolean;
}

/** Nobody waits longer for a person, whatever fails. */
export const longestWaitMs = 45_000;
/** What is under way between processes when a caller hangs up. */
const raceMs = 1500;
/** A duration in a record may be off by what a loaded machine takes to say that something happened. */
const clockMs = 5000;
const momentMs = 300;

/** Holds what is recorded of one call against what its caller, the dialplan and the operators' phone saw. */
export function judge(
  story: CallStory,
  records: readonly CallRecord[],
  outages: readonly Outage[],
): Judgment {
  const goal = reached(story);
  const startedAt = arrivedAt(story, outages);
  const endedWithAsterisk = isExcused(story, outages);
  const findings: Finding[] = [];
  const lost = endedWithAsterisk ? null : whyLost(story);
  if (lost !== null) findings.push({ fault: 'lost', why: lost });
  if (records.length > 1) findings.push({ fault: 'doubled', why: `${records.length} records` });
  if (records.length === 0 && isRecordDue(story, endedWithAsterisk, outages))
    findings.push({ fault: 'missing', why: 'no record' });
  for (const record of records)
    for (const why of contradictions(story, record, endedWithAsterisk || diedOnTheWay(record, outages)))
      findings.push({ fault: 'contradicted', why });
  return {
    story,
    records,
    findings,
    endedWithAsterisk,
    isUnknown: records.some(({ outcome, realExit }) => dispositionOf(outcome, realExit) === 'unaccounted'),
    waitMs: goal === null || goal.end === 'rejected' ? null : Math.max(0, goal.at - startedAt),
    lostItsPress: goal?.end === 'mailbox' && records.some((record) => pressedInVain(story, record)),
  };
}

function isExcused(story: CallStory, outages: readonly Outage[]): boolean {
  const goal = reached(story);
  const end = goal?.at ?? story.endedAt ?? Number.POSITIVE_INFINITY;
  return outages.some(({ from, to }) => story.invitedAt <= to && end >= from && goal === null);
}

function whyLost(story: CallStory): string | null {
  const goal = reached(story);
  const { kind, hangUp, invitedAt, endedAt } = story;
  if (goal !== null)
    return kind.ends.includes(goal.end) ? null : `a caller of this kind came to an end as ${goal.end}`;
  switch (hangUp) {
    case 'peer':
      return 'was cut off before a person, a mailbox or a rejection';
    case 'refused':
      return `was refused with ${story.finalStatus}`;
    case 'unanswered':
      return 'was never answered, and never ended';
    case 'caller':
    case 'cancelled': {
      const waited = (endedAt ?? invitedAt) - invitedAt;
      return kind.isImpatient && waited < longestWaitMs
        ? null
        : `reached nobody within ${Math.round(waited / 1000)} s and gave up`;
    }
  }
}

function isRecordDue(story: CallStory, endedWithAsterisk: boolean, outages: readonly Outage[]): boolean {
  if (story.firstReplyAt === null) return false;
  if (!endedWithAsterisk) return true;
  const died = outages.find(({ to }) => to >= story.invitedAt)?.from ?? 0;
  return story.arrivals.some(({ at }) => at < died - 1000);
}

/** When Asterisk got the call: an INVITE that nobody answered before an outage is repeated until somebody does. */
function arrivedAt({ invitedAt, firstReplyAt }: CallStory, outages: readonly Outage[]): number {
  const repliedAt = firstReplyAt ?? invitedAt;
  return outages.some(({ from, to }) => from <= repliedAt && to >= invitedAt) ? repliedAt : invitedAt;
}

/** These callers press 1: two digits are more than they can do, and of some nothing is asked. */
function pressedInVain({ kind, presses }: CallStory, { outcome: { challenge } }: CallRecord): boolean {
  const isAsked = challenge?.kind === 'press-1' && challenge.result !== 'passed';
  return kind.pressesRight && presses.length > 0 && isAsked;
}

/** A caller who hangs up in the moment of the answer may be told and recorded either way. */
function hasTalked(operator: CallStory['operator']): boolean {
  if (operator === null || operator.answeredAt === null) return false;
  return (operator.endedAt ?? Number.POSITIVE_INFINITY) - operator.answeredAt > momentMs;
}

/** The dialplan notes where a call goes before it goes there; Asterisk died before it came to that. */
function diedOnTheWay({ realExit }: CallRecord, outages: readonly Outage[]): boolean {
  const notedAt = realExit?.at ?? Number.POSITIVE_INFINITY;
  return outages.some(({ from }) => from >= notedAt && from - notedAt < clockMs);
}

/** What the record says that cannot be true. */
function contradictions(story: CallStory, record: CallRecord, endedWithAsterisk: boolean): string[] {
  const { outcome, afterExit, realExit } = record;
  const { operator, arrivals, endedAt, hangUp } = story;
  const goal = reached(story);
  const where = dispositionOf(outcome, realExit);
  const bypass = bypassOf(outcome, realExit);
  const answered = hasTalked(operator);
  const hungUpItself = hangUp === 'caller' || hangUp === 'cancelled';
  const last = arrivals.at(-1);
  const found: string[] = [];
  const say = (isWrong: boolean, why: string): void => void (isWrong && found.push(why));

  if (where === 'abandoned') {
    say(answered, 'says that the caller hung up, but an operator answered');
    const waited = last === undefined ? 0 : (endedAt ?? Number.POSITIVE_INFINITY) - last.at;
    say(
      !answered && last !== undefined && waited > raceMs,
      `says that the caller hung up, but the call was at ${last?.exit}`,
    );
    say(
      !answered && last === undefined && !hungUpItself && !endedWithAsterisk && hangUp !== 'unanswered',
      'says that the caller hung up, but the caller did not',
    );
  }
  if (where === 'connected' || where === 'bypassed') {
    const atOperators = arrivals.some(({ exit }) => exit !== 'voicemail' && exit !== 'rejected');
    const waited = hungUpItself
      ? (endedAt ?? 0) - (outcome.facts.now + outcome.timings.exitMs)
      : longestWaitMs;
    say(
      !atOperators && !endedWithAsterisk && waited > raceMs && outcome.exit.kind === 'connect',
      'says that it went to the operators, but it did not',
    );
    say(
      !endedWithAsterisk && (goal?.end === 'mailbox' || goal?.end === 'rejected'),
      `says that it went to the operators, but it was ${goal?.end}`,
    );
  }
  if (where === 'voicemail') say(answered, 'says voicemail, but an operator answered');
  if (where === 'rejected') say(answered, 'says rejected, but an operator answered');
  if (where === 'voicemail')
    say(arrivals.length > 0 && !arrivals.some(({ exit }) => exit === 'voicemail'), 'says voicemail in vain');

  if (last !== undefined && last.exit === 'operators' && where !== 'unaccounted') {
    const shown = last.callerName.startsWith('Not screened');
    say(shown && bypass === null, 'says screened, but the phone said "Not screened"');
    say(!shown && bypass !== null, `says bypassed (${bypass}), but the phone said "${last.callerName}"`);
  }
  if (afterExit !== null) {
    say(answered && afterExit.answeredMs === null && isTold(afterExit), 'says nobody, but somebody answered');
    say(
      operator === null && afterExit.answeredMs !== null,
      'says that somebody answered, but the phone never rang',
    );
    // The moments, not the durations: on a machine that is too busy Asterisk may take seconds to begin with a call.
    const saidAt = outcome.facts.now + (afterExit.answeredMs ?? 0);
    const offBy = saidAt - (operator?.answeredAt ?? saidAt);
    say(
      answered && afterExit.answeredMs !== null && Math.abs(offBy) > clockMs,
      `says that somebody answered, ${offBy} ms beside the phone's answer`,
    );
  }
  const result = outcome.challenge?.result;
  say(result === 'passed' && story.presses.length === 0, 'says passed, but no key was pressed');
  return found;
}

/** Not known is not nobody. */
function isTold(afterExit: NonNullable<CallRecord['afterExit']>): boolean {
  return afterExit.talkMs !== null;
}
