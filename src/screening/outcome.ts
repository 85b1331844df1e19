import type { CallFacts } from '../policy/facts.ts';
import type { ChallengeKind, Decision } from '../policy/verdict.ts';

/** The named dialplan place where a call went on, or `none` when it ended before one. */
export type Exit =
  | { readonly kind: 'connect'; readonly exit: string; readonly label: string | null }
  | { readonly kind: 'voicemail'; readonly box: string }
  | { readonly kind: 'reject'; readonly sip: number }
  | { readonly kind: 'none'; readonly reason: 'caller-hung-up' | 'unaccounted' };

/** Why a call reached the operators without a decision being carried out. The first four are told by the dialplan. */
export type BypassReason =
  | 'app-absent' // Stasis() failed: the app was not registered
  | 'watchdog' // TIMEOUT(absolute) ended a call that sat in Stasis
  | 'no-exit' // the app let the call fall through without an exit
  | 'dialplan' // the dialplan could not start the screening
  | 'exception' // an unexpected error while this call was screened
  | 'ari-failed' // an ARI request failed or missed its deadline
  | 'adopted-too-late' // found after a restart with too little time left
  | 'draining'; // the app is shutting down

export type ChallengeResult = 'passed' | 'failed' | 'silent' | 'gave-up';

export interface ChallengeAttempt {
  /** What the caller had to press. */
  readonly wanted: string;
  readonly digits: string;
  readonly result: 'right' | 'wrong' | 'silent' | 'hung-up' | 'not-played';
  /** ms after arrival. */
  readonly promptAtMs: number;
  readonly firstDigitAtMs: number | null;
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
