import type { CallFilter } from './call-filter.ts';
import type { RealExit } from './disposition.ts';
import type { MissedPeople, PeopleCursor } from './impact/missed-people.ts';
import type { AfterExit, Outcome } from './outcome.ts';
import {
  type ChallengeResult,
  challengeResults,
  type Disposition,
  dispositions,
  type VerdictKind,
} from './vocabulary.ts';

export interface CallRecord {
  readonly outcome: Outcome;
  readonly afterExit: AfterExit | null;
  /** What the dialplan says of where the call really went; left out: nothing but the outcome is known. */
  readonly realExit?: RealExit;
}

export interface CallPage {
  readonly calls: readonly CallRecord[];
  /** For the page that follows in this order; null at the end. Opaque; safe in a URL. */
  readonly next: string | null;
  /** For the page before; null at the beginning. */
  readonly previous: string | null;
}

/** Which calls come first; `longest`: by screening time. */
export type CallOrder = 'newest' | 'oldest' | 'longest';

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
  | 'short-code'
  | 'exchange'
  | 'campaign'
  | 'language'
  | 'quit-second'
  | 'policy';

export interface ValueCount {
  readonly value: string;
  readonly calls: number;
}

/** Calls of one value in one step of time. */
export interface StepCount extends ValueCount {
  /** Epoch ms of the start of the step. */
  readonly at: number;
}

/** Challenged calls of one value by how the challenge ended; `calls` is their sum. */
export interface ChallengeCount extends ValueCount {
  readonly results: Readonly<Record<ChallengeResult, number>>;
}

export interface ChallengeCounts {
  /** Most calls first. */
  readonly values: readonly ChallengeCount[];
  /** How many values there are, those that are left out too. */
  readonly all: number;
}

/** Calls in one hour of the week; `weekday` 0 is Monday. */
export interface HourOfWeek {
  readonly weekday: number;
  readonly hour: number;
  readonly calls: number;
}

/** Calls that a monitored rule would have given another verdict. */
export interface ChangedVerdict {
  readonly rule: string;
  readonly was: string;
  readonly would: string;
  readonly calls: number;
}

/** What challenged calls are crossed with. */
export type ChallengeDimension = 'language' | 'called' | 'attestation' | 'verification' | 'campaign';

/** A caller whose number has some digits in it. */
export interface CallerFound {
  readonly caller: string;
  readonly calls: number;
  /** Call id of the newest. */
  readonly latest: string;
}

/** Epoch ms: from `since`, before `until`. */
export interface CallRange {
  readonly since: number;
  readonly until: number;
}

/** One caller's part of what was asked for. */
export interface TopCaller {
  readonly caller: string;
  readonly calls: number;
  /** Call id of the newest. */
  readonly latest: string;
  /** Arrival of the newest, epoch ms. */
  readonly lastAt: number;
  /** Null: a pseudonym has none. */
  readonly exchange: string | null;
  /** The one of most of its signed calls; null: none is signed. */
  readonly signer: string | null;
  /** Calls by disposition, most first. */
  readonly results: readonly ValueCount[];
}

/** Those with the most calls, most first; `calls`: of all callers who have a number; `all`: how many callers these are. */
export interface TopCallers {
  readonly calls: number;
  readonly all: number;
  readonly callers: readonly TopCaller[];
}

/** What the report reads; the adapter is in src/call-store. Every method rejects with a clear error when the records cannot be read. */
export interface CallRecords {
  /** `order`: newest first when left out. */
  page(filter: CallFilter, cursor: string | null, limit: number, order?: CallOrder): Promise<CallPage>;
  /** By call id or SIP Call-ID; null when there is no such call (any more). */
  call(id: string): Promise<CallRecord | null>;
  /** Calls by value, most first; what has no value is left out, but for `attestation` and `called`: there it is `none`. */
  counts(dimension: CountDimension, filter: CallFilter): Promise<readonly ValueCount[]>;
  /** Calls by disposition in each step. `starts`: epoch ms in order; a step ends where the next begins, the last at `until`. */
  timeline(starts: readonly number[], filter: CallFilter): Promise<readonly StepCount[]>;
  /**
   * Calls by what they meant to people (`callImpacts`) in each quarter of an hour of the ranges, 16 at most; `at` is the quarter's start.
   * Under `people`, how many people were possibly harmed in a range, each in the quarter of the first such call.
   */
  impacts(ranges: readonly CallRange[]): Promise<readonly StepCount[]>;
  /** By the clock of `zone`, an IANA name; hours without calls are left out. */
  hoursOfWeek(range: CallRange, zone: string): Promise<readonly HourOfWeek[]>;
  /** The `most` values with the most challenged calls. */
  challenges(by: ChallengeDimension, filter: CallFilter, most: number): Promise<ChallengeCounts>;
  /** Most calls first. */
  changedVerdicts(range: CallRange): Promise<readonly ChangedVerdict[]>;
  /** People possibly harmed, the newest first: at most `most`, those after `after` (null: from the first on). */
  missedPeople(range: CallRange, after: PeopleCursor | null, most: number): Promise<MissedPeople>;
  /** Callers with `digits` somewhere in their number, those with the most calls first. None where callers are stored under pseudonyms. */
  callersWith(digits: string, range: CallRange, most: number): Promise<readonly CallerFound[]>;
  /**
   * What became of the calls that arrived from `since` and before `until` (epoch ms). Quick with a million calls, and never
   * holds up the process for long. Rejects with the signal's reason once it is aborted.
   */
  summary(range: CallRange, signal?: AbortSignal): Promise<ReportSummary>;
  /** Callers by the calls that match, at most `limit`. Which of equals come last is arbitrary. */
  topCallers(filter: CallFilter, limit: number): Promise<TopCallers>;
  /** The first `limit` callers after `number` in the order of numbers; '': from the first on. Of them the calls that match. */
  callersAfter(filter: CallFilter, number: string, limit: number): Promise<readonly TopCaller[]>;
}

/**
 * `calls` is the sum over the dispositions. `challenged` is the sum over the challenge results; these calls are counted by
 * disposition too.
 */
export type CallTotals = Readonly<
  Record<
    'calls' | 'challenged' | Disposition | (typeof challengeResults.all)[ChallengeResult]['total'],
    number
  >
>;

/** In the order of tables. */
export const totalNames: readonly (keyof CallTotals)[] = [
  'calls',
  'connected',
  'challenged',
  ...challengeResults.words.map((word) => challengeResults.all[word].total),
  ...dispositions.words.filter((word) => word !== 'connected'),
];

/** What a monitor rule, or a board in monitor mode, would have done; by verdict the calls. */
export type MonitoredCounts = { readonly rule: string; readonly calls: number } & Readonly<
  Record<VerdictKind, number>
>;

/** What became of the calls of a time range; every list but byHour in the order of `mostFirst`. */
export interface ReportSummary {
  /** Epoch ms, as asked for. */
  readonly since: number;
  readonly until: number;
  readonly totals: CallTotals;
  /** Rule null: calls that never met the policy. */
  readonly byRule: readonly ({ readonly rule: string | null } & CallTotals)[];
  readonly byBypassReason: readonly { readonly reason: string; readonly calls: number }[];
  /** E.164, unmasked; null: not a public number. */
  readonly byCalledNumber: readonly ({ readonly called: string | null } & CallTotals)[];
  /** `hour` is the epoch ms of its start; hours without calls are left out; in order. */
  readonly byHour: readonly ({ readonly hour: number } & CallTotals)[];
  /** Verdicts of monitor mode, not carried out. */
  readonly monitored: readonly MonitoredCounts[];
}

/** Puts rows in the order of a summary's lists: most calls first, among equals by their words, null last. */
export function mostFirst<Row extends { readonly calls: number }>(
  rows: Row[],
  wordOf: (row: Row) => string | null,
): Row[] {
  return rows.sort((a, b) => b.calls - a.calls || inOrder(wordOf(a), wordOf(b)));
}

function inOrder(one: string | null, other: string | null): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}
