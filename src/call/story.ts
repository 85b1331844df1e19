import type { CallRecord } from './call-records.ts';
import type { ChallengeOutcome } from './outcome.ts';
import { causeWords, exitWords, realExitReason, realPlaceWords } from './sentences.ts';
import { attemptResults, challengeKinds } from './vocabulary.ts';

/** Something that happened in a call. The words may contain numbers. */
export interface Moment {
  /** After arrival. */
  readonly atMs: number;
  readonly what: string;
}

/** What happened in a call, in order, until it left Gatehouse and the dialplan. */
export function momentsOf({ outcome, realExit }: CallRecord): readonly Moment[] {
  const { timings, challenge, exit, decision, bypass, facts } = outcome;
  const at = (atMs: number | null, what: string): Moment[] => (atMs === null ? [] : [{ atMs, what }]);
  const moments = [
    ...at(0, 'call arrived'),
    ...at(timings.historyMs, 'caller history read'),
    ...at(timings.decidedMs, `decided by rule ${decision?.rule ?? '–'}`),
    ...at(timings.answeredMs, 'answered by Gatehouse'),
    ...(challenge === null ? [] : attemptMoments(challenge)),
    ...at(timings.exitMs, bypass === null ? exitWords(exit) : 'bypassed screening to the operators'),
  ];
  if (realExit)
    moments.push({
      atMs: Math.max(0, realExit.at - facts.now),
      what: `the dialplan: ${realExitReason(realExit.why)}; ${realPlaceWords(realExit)}`,
    });
  return moments.sort((a, b) => a.atMs - b.atMs);
}

/** What happened after the exit of a connected call, as names and texts. Null for other calls. */
export function afterExitWords(
  { outcome, afterExit }: CallRecord,
  write: { readonly ms: (ms: number) => string; readonly span: (ms: number) => string },
): readonly (readonly [name: string, text: string | null])[] | null {
  if (outcome.exit.kind !== 'connect') return null;
  if (afterExit === null) return [['Later', 'unknown: the call is still in progress, or was not followed']];
  const { answeredMs, talkMs, cause } = afterExit;
  const unanswered = talkMs === null ? 'unknown' : 'by no one';
  return [
    ['Answered', answeredMs === null ? unanswered : `${write.ms(answeredMs)} after arrival`],
    ['Talked', talkMs === null ? 'unknown' : answeredMs === null ? null : write.span(talkMs)],
    ['Ended', cause === null ? 'no cause given' : causeWords(cause)],
  ];
}

function attemptMoments({ kind, attempts }: ChallengeOutcome): Moment[] {
  return attempts.flatMap(({ promptAtMs, firstHeardAtMs, endedAtMs, heard, wanted, result }, index) => {
    const answer = `${challengeKinds.all[kind].answered} ${heard || 'nothing'}, wanted ${wanted}`;
    return [
      { atMs: promptAtMs, what: `prompt ${index + 1} started` },
      ...(firstHeardAtMs === null || firstHeardAtMs === endedAtMs
        ? []
        : [{ atMs: firstHeardAtMs, what: 'first answer' }]),
      { atMs: endedAtMs, what: `attempt ${index + 1}: ${answer}; ${attemptResults.label(result)}` },
    ];
  });
}
