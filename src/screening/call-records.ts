import type { Attestation } from '../policy/facts.ts';
import type { ChallengeResult, Outcome } from './outcome.ts';
import type { AfterExit } from './ports.ts';
import type { ReportSummary } from './report-summary.ts';
import type { Whereabouts } from './whereabouts.ts';

/** Which calls; every field that is given must hold. Times in epoch ms: from `since`, before `until`. */
export interface CallFilter {
  readonly since: number;
  readonly until: number;
  /** E.164, whole. */
  readonly caller?: string;
  readonly called?: string;
  readonly rule?: string;
  readonly verdict?: 'connect' | 'challenge' | 'voicemail' | 'reject' | 'none';
  readonly where?: Whereabouts;
  readonly challenge?: ChallengeResult;
  readonly verification?: 'passed' | 'failed' | 'none';
  readonly attestation?: Attestation;
  readonly signer?: string;
  readonly campaign?: string;
  readonly bypass?: string;
}

export interface CallRecord {
  readonly outcome: Outcome;
  readonly afterExit: AfterExit | null;
}

export interface CallPage {
  /** Newest first. */
  readonly calls: readonly CallRecord[];
  /** For the next, older page; null at the end. Opaque; safe in a URL. */
  readonly next: string | null;
}

/** What calls are counted by. `quit-second`: whole seconds after the prompt began at which a caller gave up. */
export type CountDimension =
  | 'where'
  | 'rule'
  | 'monitored'
  | 'verdict'
  | 'challenge'
  | 'bypass'
  | 'verification'
  | 'attestation'
  | 'signer'
  | 'called'
  | 'exchange'
  | 'language'
  | 'quit-second'
  | 'policy';

/** Calls of one value of one dimension in one hour or day. */
export interface CountRow {
  /** Epoch ms of the start of the step, UTC. */
  readonly at: number;
  readonly value: string;
  readonly calls: number;
}

/** Those with the most calls, most first; `calls`: of all callers who have a number. */
export interface TopCallers {
  readonly calls: number;
  readonly callers: readonly { readonly caller: string; readonly calls: number }[];
}

/** What the report reads; the adapter is in src/records. Every method rejects with a clear error when Redis is away. */
export interface CallRecords {
  page(filter: CallFilter, cursor: string | null, limit: number): Promise<CallPage>;
  /** By call id or SIP Call-ID; null when there is no such call (any more). */
  call(id: string): Promise<CallRecord | null>;
  /** From the counts, not from the outcomes: quick with a million calls. Steps without calls are left out. */
  counts(
    dimension: CountDimension,
    range: { since: number; until: number; step: 'hour' | 'day' },
  ): Promise<readonly CountRow[]>;
  /**
   * Results of challenges crossed with one more dimension, `result` being `<challenge result>|<value>`.
   * For the page on callers' harm.
   */
  harm(
    by: 'language' | 'called' | 'attestation',
    range: { since: number; until: number },
  ): Promise<readonly CountRow[]>;
  /**
   * What became of the calls that arrived from `since` and before `until` (epoch ms). Quick with a million calls, and never
   * holds up the process for long. Rejects with the signal's reason once it is aborted.
   */
  summary(range: { since: number; until: number }, signal?: AbortSignal): Promise<ReportSummary>;
  /** Callers by the calls that arrived in the range, at most `limit`. Which of equals come last is arbitrary. */
  topCallers(range: { since: number; until: number }, limit: number): Promise<TopCallers>;
}
