import type { CallRecord } from './call-records.ts';
import { dispositionOf } from './disposition.ts';
import { type CallerFacts, calledText } from './facts.ts';
import { realExitReason } from './sentences.ts';
import { bypassReasons, challengeResults, type Disposition } from './vocabulary.ts';

/** A cell as data: the page and the command each write it in their own way, numbers masked as the reader may see them. */
export type CallCell =
  | { readonly kind: 'moment'; readonly at: number }
  | { readonly kind: 'caller'; readonly caller: CallerFacts }
  /** One of our own numbers. */
  | { readonly kind: 'called'; readonly number: string }
  /** What lists call it. */
  | { readonly kind: 'called-name'; readonly number: string }
  | { readonly kind: 'disposition'; readonly disposition: Disposition; readonly notes: readonly string[] }
  | { readonly kind: 'duration'; readonly ms: number }
  /** Text that we wrote; null: there is none, for the reason given. */
  | { readonly kind: 'word'; readonly word: string | null; readonly absent?: string }
  /** Text that others wrote. */
  | { readonly kind: 'foreign'; readonly text: string };

export interface CallColumn {
  /**
   * Heading in `gatehouse calls`, its usual width there, its turn to go when there is no room (the highest first), and the width to
   * which it may be cut; null: it is whole. Null: not shown there.
   */
  readonly command: readonly [name: string, usual: number, goes: number, atLeast: number | null] | null;
  /** Heading on the page; null: not shown there. */
  readonly page: string | null;
  /** It has names of our own numbers: left out where none has one. */
  readonly names?: true;
  /** Left out on a narrow screen. */
  readonly wideOnly?: boolean;
  readonly value: (record: CallRecord) => CallCell;
}

/** The columns of the page Calls and of `gatehouse calls`, in order; a new one is a row here. */
export const callColumns: readonly CallColumn[] = [
  {
    command: ['time', 19, 0, 19],
    page: 'Arrived',
    value: ({ outcome }) => ({ kind: 'moment', at: outcome.facts.now }),
  },
  {
    command: ['caller', 16, 1, 13],
    page: 'Caller',
    value: ({ outcome }) => ({ kind: 'caller', caller: outcome.facts.caller }),
  },
  {
    command: ['called', 16, 4, 12],
    page: 'Called',
    wideOnly: true,
    value: ({ outcome: { facts } }) => ({ kind: 'called', number: calledText(facts.called) }),
  },
  // The page has it with the number.
  {
    command: ['called as', 12, 7, 8],
    page: null,
    names: true,
    value: ({ outcome: { facts } }) => ({ kind: 'called-name', number: calledText(facts.called) }),
  },
  { command: ['signed', 8, 7, 6], page: null, value: (record) => ({ kind: 'word', word: signed(record) }) },
  {
    command: ['rule', 22, 5, 10],
    page: 'Rule',
    wideOnly: true,
    value: ({ outcome }) => ({ kind: 'word', word: outcome.decision?.rule ?? null, absent: 'not decided' }),
  },
  {
    command: ['challenge', 9, 6, 6],
    page: null,
    value: ({ outcome }) => ({ kind: 'word', word: outcome.challenge?.result ?? null }),
  },
  {
    command: ['where', 11, 2, 11],
    page: 'Result',
    value: (record) => ({
      kind: 'disposition',
      disposition: dispositionOf(record.outcome, record.realExit),
      notes: notes(record),
    }),
  },
  { command: ['reason', 16, 6, 10], page: null, value: (record) => ({ kind: 'word', word: reason(record) }) },
  {
    command: null,
    page: 'Screening time',
    wideOnly: true,
    value: ({ outcome }) => ({ kind: 'duration', ms: outcome.timings.exitMs }),
  },
  { command: ['talk', 7, 8, 7], page: null, value: (record) => ({ kind: 'word', word: talk(record) }) },
  {
    command: ['call', 22, 3, null],
    page: null,
    value: ({ outcome }) => ({ kind: 'word', word: outcome.callId }),
  },
  // Last, where the caller's text cannot shift columns; the page shows it with the caller.
  {
    command: ['name', 12, 9, 8],
    page: null,
    value: ({ outcome }) => ({ kind: 'foreign', text: outcome.facts.caller.displayName }),
  },
];

/** `1:02` or `1:00:02`. */
export function clockSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function signed({ outcome }: CallRecord): string | null {
  const { result, attestation } = outcome.facts.verification;
  if (result === 'none') return null;
  return attestation === null ? result : `${result}-${attestation}`;
}

/** Talk time, or `nobody` when no one answered. */
function talk({ afterExit }: CallRecord): string | null {
  if (afterExit === null) return null;
  const { answeredMs, talkMs } = afterExit;
  if (talkMs === null) return 'unknown';
  return answeredMs === null ? 'nobody' : clockSpan(talkMs);
}

/** Why it was not screened, or did not end where it was sent; a word of `bypassReasons` or `realExitReasons`. */
function reason({ outcome, realExit }: CallRecord): string | null {
  return outcome.bypass?.reason ?? realExit?.why ?? null;
}

function notes({ outcome: { bypass, challenge, decision }, realExit }: CallRecord): string[] {
  // The rule that decided is among the monitored ones when the whole board is in monitor mode.
  const would = decision?.monitored.find(({ rule }) => rule === decision.rule)?.verdict;
  return [
    ...(bypass ? [bypassReasons.label(bypass.reason)] : []),
    ...(realExit ? [realExitReason(realExit.why)] : []),
    ...(challenge === null ? [] : [`challenge: ${challengeResults.label(challenge.result).toLowerCase()}`]),
    ...(would === undefined || would.kind === 'connect' ? [] : [`monitor mode; would: ${would.kind}`]),
  ];
}
