import type { CallRecord } from './call-records.ts';
import type { ChallengeAttempt, ChallengeOutcome, Exit } from './outcome.ts';
import { wentWords } from './sentences.ts';
import { bypassReasons, challengeKinds } from './vocabulary.ts';

const hourMs = 3_600_000;
const times = ['', 'once', 'twice', 'three times', 'four times', 'five times'];
const ordinals = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];

export interface SpanWriting {
  readonly ms: (ms: number) => string;
  readonly span: (ms: number) => string;
}

/**
 * What happened in a call, in one sentence: `Heard the prompt twice, pressed 7 and 4 instead of 1; sent to mailbox general; second call
 * in 3 min.` The words may contain numbers.
 * @param earlier when earlier calls of the same caller arrived, epoch ms
 */
export function storySentence(record: CallRecord, earlier: readonly number[], write: SpanWriting): string {
  const { outcome, realExit } = record;
  const { bypass, challenge, exit, facts } = outcome;
  const parts = [
    ...(bypass === null
      ? challenge === null
        ? []
        : [challengeWords(challenge, write)]
      : [`bypassed screening because ${bypassReasons.label(bypass.reason)}`]),
    ...exitParts(record, write),
    ...repeatedWords(facts.now, earlier, write),
  ];
  if (parts.length === 0) parts.push(wentWords(exit, realExit));
  const sentence = parts.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function challengeWords({ kind, attempts }: ChallengeOutcome, write: SpanWriting): string {
  const played = attempts.filter(({ result }) => result !== 'not-played');
  if (played.length === 0) return 'the prompt could not be played';
  const { answered } = challengeKinds.all[kind];
  const last = played.at(-1);
  const heard = `heard the prompt ${times[played.length] ?? `${played.length} times`}`;
  const wrong = played.filter(({ result, heard: keys }) => result === 'wrong' && keys !== '');
  const right = played.find(({ result }) => result === 'right');
  return [
    heard,
    ...(wrong.length === 0 ? [] : [`${answered} ${wrongWords(wrong)}`]),
    ...(right === undefined
      ? []
      : [wrong.length === 0 ? `${answered} ${right.heard} as asked` : `then ${right.heard} as asked`]),
    ...(wrong.length === 0 && right === undefined && last?.result !== 'hung-up'
      ? [`${answered} nothing`]
      : []),
    ...(last?.result === 'hung-up' ? [`hung up ${write.ms(last.endedAtMs - last.promptAtMs)} into it`] : []),
  ].join(', ');
}

/** `7 and 4 instead of 1`. */
function wrongWords(wrong: readonly ChallengeAttempt[]): string {
  const listed = (all: readonly string[]) =>
    all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
  const wanted = [...new Set(wrong.map((attempt) => attempt.wanted))];
  return `${listed(wrong.map((attempt) => attempt.heard))} instead of ${listed(wanted)}`;
}

/** Where the call went, by which rule when nothing was asked, and what followed there. */
function exitParts({ outcome, realExit, afterExit }: CallRecord, write: SpanWriting): string[] {
  const { exit, challenge, decision, bypass } = outcome;
  // What the challenge says already.
  if (exit.kind === 'none' && realExit === undefined && challenge?.result === 'gave-up') return [];
  const by = challenge === null && decision !== null ? ` by rule ${decision.rule}, without a challenge` : '';
  const went =
    bypass !== null && realExit === undefined
      ? 'reached the operators'
      : `${wentWords(withoutLabel(exit), realExit)}${exit.kind === 'none' ? '' : by}`;
  if (exit.kind !== 'connect' || afterExit === null) return [went];
  const { answeredMs, talkMs } = afterExit;
  if (talkMs === null) return [went];
  if (answeredMs === null) return [went, 'nobody answered'];
  return [
    went,
    `answered after ${write.ms(Math.max(0, answeredMs - outcome.timings.exitMs))}, talked for ${write.span(talkMs)}`,
  ];
}

/** The label is for the phone that rings; here it would only repeat the caller. */
function withoutLabel(exit: Exit): Exit {
  return exit.kind === 'connect' ? { ...exit, label: null } : exit;
}

/** `second call in 3 min`, of calls within an hour. */
function repeatedWords(now: number, earlier: readonly number[], write: SpanWriting): string[] {
  const lately = earlier.filter((at) => at <= now && now - at <= hourMs);
  if (lately.length === 0) return [];
  const which = lately.length + 1;
  const ordinal = ordinals[which] ?? `${which}th`;
  return [`${ordinal} call in ${write.span(now - Math.min(...lately))}`];
}
