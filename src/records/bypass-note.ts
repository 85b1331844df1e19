import { callFactsFromEntry } from '../screening/call-facts.ts';
import { parseEntryArgs } from '../screening/entry-args.ts';
import type { BypassReason, Outcome } from '../screening/outcome.ts';

/** One note as it was found in the spool folder. */
export interface FoundNote {
  /** Asterisk's unique id: the name of the file. */
  readonly uniqueId: string;
  readonly text: string;
  /** Epoch ms of the last write: when the call went to the operators. */
  readonly writtenAt: number;
}

export interface NoteContext {
  readonly node: string;
  readonly defaultRegion: string;
}

// The reasons that a dialplan can have; the others are the app's own.
const dialplanReasons: readonly string[] = ['app-absent', 'watchdog', 'no-exit', 'dialplan'];

/** True when the dialplan had finished writing. */
export function isWholeNote(text: string): boolean {
  return /,end=1\s*$/.test(text);
}

/**
 * The outcome of a call that went round the screener: to the operators, without a decision. Never throws; what a note
 * does not say is unknown in the facts, and a reason that is missing or strange is `dialplan`.
 */
export function outcomeOfNote(note: FoundNote, context: NoteContext): Outcome {
  const args = note.text.trim().split(',');
  const told = args.findLast((arg) => arg.startsWith('reason='))?.slice('reason='.length) ?? '';
  const isKnown = dialplanReasons.includes(told);
  const fields = parseEntryArgs(args);
  // Notes may wait longer than an arrival may be old, so the arrival is believed when it lies before the note itself.
  const arrivedAt = /^\d{13}$/.test(fields.at) ? Number(fields.at) : Number.POSITIVE_INFINITY;
  const receivedAt = Math.floor(Math.min(arrivedAt, note.writtenAt));
  const facts = callFactsFromEntry(fields, { ...context, channelId: note.uniqueId, receivedAt });
  return {
    schema: 1,
    callId: facts.callId,
    node: context.node,
    facts,
    decision: null,
    challenge: null,
    exit: { kind: 'connect', exit: 'operators', label: null },
    bypass: { reason: isKnown ? (told as BypassReason) : 'dialplan', detail: noteDetail(note.text, isKnown) },
    adopted: false,
    timings: {
      historyMs: null,
      decidedMs: null,
      answeredMs: null,
      exitMs: Math.max(0, Math.round(note.writtenAt - facts.now)),
    },
  };
}

function noteDetail(text: string, isKnownReason: boolean): string {
  if (!isWholeNote(text)) return 'told by the dialplan; note was not finished';
  return isKnownReason ? 'told by the dialplan' : 'told by the dialplan; reason not known';
}
