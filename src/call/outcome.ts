import type { CallFacts } from './facts.ts';
import type { Decision } from './verdict.ts';
import type { AttemptResult, BypassReason, ChallengeKind, ChallengeResult } from './vocabulary.ts';

/** The named dialplan place where a call went on, or `none` when it ended before one. */
export type Exit =
  | { readonly kind: 'connect'; readonly exit: string; readonly label: string | null }
  | { readonly kind: 'voicemail'; readonly box: string }
  | { readonly kind: 'reject'; readonly sip: number }
  | { readonly kind: 'none'; readonly reason: 'caller-hung-up' | 'unaccounted' };

/**
 * What a note of the dialplan can say of a call: why it bypassed screening, that its caller hung up unheard, or that something
 * else ended it, as a stop of Asterisk does.
 */
export type NotedEnd = BypassReason | 'hung-up' | 'cut-off';

export interface ChallengeAttempt {
  /** What counted as right: the keys to press. */
  readonly wanted: string;
  /** The keys pressed; empty: none. */
  readonly heard: string;
  readonly result: AttemptResult;
  /** ms after arrival. */
  readonly promptAtMs: number;
  readonly firstHeardAtMs: number | null;
  readonly endedAtMs: number;
}

export interface ChallengeOutcome {
  readonly kind: ChallengeKind;
  readonly language: string;
  readonly attempts: readonly ChallengeAttempt[];
  readonly result: ChallengeResult;
}

/** ms after arrival; null: never came to it. */
export interface Timings {
  readonly historyMs: number | null;
  readonly decidedMs: number | null;
  readonly answeredMs: number | null;
  readonly exitMs: number;
}

/** The one final record of a call. */
export interface Outcome {
  readonly schema: 1;
  readonly callId: string;
  readonly node: string;
  readonly facts: CallFacts;
  /** Null for a bypassed call that never met the policy. */
  readonly decision: Decision | null;
  readonly challenge: ChallengeOutcome | null;
  readonly exit: Exit;
  readonly bypass: { readonly reason: BypassReason; readonly detail: string } | null;
  /** True when it was found in Asterisk after a reconnect. */
  readonly adopted: boolean;
  readonly timings: Timings;
}

/** Later life of a call that was connected; null until it is over, and for calls that were not followed. */
export interface AfterExit {
  /** ms after arrival at which a person answered; null: no one did, or, when `talkMs` is null too, it is not known. */
  readonly answeredMs: number | null;
  /** null: not known. */
  readonly talkMs: number | null;
  /** Q.850 hangup cause; null: not told. */
  readonly cause: number | null;
}

/** `now` in epoch ms: when the search for the call was given up. */
export function unaccountedOutcome(facts: CallFacts, node: string, now: number): Outcome {
  return {
    schema: 1,
    callId: facts.callId,
    node,
    facts,
    decision: null,
    challenge: null,
    exit: { kind: 'none', reason: 'unaccounted' },
    bypass: null,
    adopted: false,
    timings: { historyMs: null, decidedMs: null, answeredMs: null, exitMs: Math.max(0, now - facts.now) },
  };
}
