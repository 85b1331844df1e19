import type { Exit, NotedEnd, Outcome } from '../call/outcome.ts';
import { type BypassReason, bypassReasons } from '../call/vocabulary.ts';
import type { Log } from '../log/log.ts';
import { callFactsFromEntry, type EntryReaders } from '../screening/entry/call-facts.ts';
import { parseEntryArgs } from '../screening/entry/entry-args.ts';
import type { OutcomeLog } from '../screening/ports.ts';
import { later, NoteCollector, type SpoolNote } from './note-collector.ts';
import { bypassNoteName, isUnfinished, isWholeNote } from './spool-file.ts';

const liveCallMs = 5_000;
/** A note of a call that was shed, and younger than this: calls are being shed now, and what they need is the machine. */
const shedJustNowMs = 3_000;
const mostWhileShedding = 100;

const unheardEnds: Readonly<Record<string, Exit>> = {
  'hung-up': { kind: 'none', reason: 'caller-hung-up' },
  'cut-off': { kind: 'none', reason: 'unaccounted' },
};

/** Where the ends of these calls are kept: the outbox. */
export interface NoteOutcomes extends OutcomeLog {
  /** True when the call's end is known, on disk or in memory. */
  isEnded(callId: string): boolean;
  /** True when the call's end is safe on disk. */
  isKept(callId: string): boolean;
  /** True while this process has the call in hand. */
  isOpenInThisRun(callId: string): boolean;
}

export interface BypassNotesOptions extends EntryReaders {
  /** Where the dialplan writes (GATEHOUSE_SPOOL). */
  readonly dir: string;
  readonly node: string;
  readonly outcomes: NoteOutcomes;
  /** Ends a call that is being screened, and left or hung up at `at` (epoch ms). False: it is not being screened. */
  readonly inHand: (callId: string, end: NotedEnd, at: number) => boolean;
  /** True while calls wait for a decision: notes can wait longer. */
  readonly isBusy?: () => boolean;
  readonly log: Log;
}

/**
 * Counts the calls that bypassed screening: the dialplan leaves a note for each, named by Asterisk's unique id. `collect`
 * resolves with how many calls ended by their note. A note is removed only when its outcome is on disk.
 */
export function bypassNotes(options: BypassNotesOptions): NoteCollector {
  const { dir, outcomes, inHand, isBusy, log } = options;
  let overloaded = 0;
  let isShedding = false;
  let takenInPass = 0;

  const end = (outcome: Outcome) => {
    const { callId, bypass } = outcome;
    outcomes.end(outcome, 0);
    // There may be hundreds of these a second.
    if (bypass?.reason === 'overload') overloaded++;
    else if (bypass !== null) log.warn('Call bypassed screening', { callId, reason: bypass.reason });
    else log.info('Call ended before it reached Gatehouse', { callId, end: notedEnd(outcome) });
  };

  return new NoteCollector({
    ...{ dir, nameForm: bypassNoteName, log },
    what: 'bypass notes',
    reportsMissingFolder: true,
    isBusy: () => (isBusy?.() ?? false) || (isShedding && takenInPass >= mostWhileShedding),
    take(note) {
      takenInPass++;
      if (isUnfinished(note.text, note.ageMs)) return later;
      const outcome = outcomeOfNote(note, options);
      const { callId } = outcome;
      isShedding ||= outcome.bypass?.reason === 'overload' && note.ageMs < shedJustNowMs;
      // The session's record says more than the note; all it lacks is that the call has left.
      const isLive = outcomes.isOpenInThisRun(callId) && !inHand(callId, notedEnd(outcome), note.writtenAt);
      if (isLive && note.ageMs < liveCallMs) return later;
      const isNew = !outcomes.isEnded(callId);
      if (isNew) end(outcome);
      // An end that is only in memory is lost with the process: the next one reads the note again.
      return { remove: outcomes.isKept(callId), counts: isNew };
    },
    afterPass() {
      if (overloaded > 0) log.warn('The dialplan released calls unscreened: overload', { calls: overloaded });
      overloaded = 0;
      isShedding = false;
      takenInPass = 0;
    },
  });
}

/**
 * The outcome of a call that bypassed screening: to the operators, without a decision; or that ended unheard (`hung-up`: by
 * its caller; `cut-off`: by something else). Never throws; facts that the note lacks are unknown, and an unknown reason
 * is `dialplan`.
 */
function outcomeOfNote(
  { text, uniqueId, writtenAt }: SpoolNote,
  context: EntryReaders & { readonly node: string },
): Outcome {
  const args = text.trim().split(',');
  // The last one: the values before it come from the caller.
  const given = args.findLast((arg) => arg.startsWith('reason='))?.slice('reason='.length) ?? '';
  const reason = isDialplanReason(given) ? given : null;
  const unheard = Object.hasOwn(unheardEnds, given) ? unheardEnds[given] : undefined;
  const fields = parseEntryArgs(args);
  // A note may wait longer than an arrival may be old: any arrival before the note itself is believed.
  const arrivedAt = /^\d{13}$/.test(fields.at) ? Number(fields.at) : Number.POSITIVE_INFINITY;
  const receivedAt = Math.floor(Math.min(arrivedAt, writtenAt));
  const facts = callFactsFromEntry(fields, { ...context, channelId: uniqueId, receivedAt });
  return {
    schema: 1,
    callId: facts.callId,
    node: context.node,
    facts,
    decision: null,
    challenge: null,
    exit: unheard ?? { kind: 'connect', exit: 'operators', label: null },
    bypass: unheard ? null : { reason: reason ?? 'dialplan', detail: noteDetail(text, reason) },
    adopted: false,
    timings: {
      historyMs: null,
      decidedMs: null,
      answeredMs: null,
      exitMs: Math.max(0, Math.round(writtenAt - facts.now)),
    },
  };
}

function isDialplanReason(word: string): word is BypassReason {
  return bypassReasons.has(word) && bypassReasons.all[word].byDialplan;
}

/** What the note says of its call. */
function notedEnd({ bypass, exit }: Outcome): NotedEnd {
  if (bypass !== null) return bypass.reason;
  return exit.kind === 'none' && exit.reason === 'unaccounted' ? 'cut-off' : 'hung-up';
}

function noteDetail(text: string, reason: BypassReason | null): string {
  if (!isWholeNote(text)) return 'reported by the dialplan; note was not finished';
  return reason === null ? 'reported by the dialplan; unknown reason' : 'reported by the dialplan';
}
