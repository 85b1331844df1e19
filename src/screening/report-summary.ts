/**
 * `calls` is the sum of connected, voicemail, rejected, abandoned, bypassed and unaccounted. `challenged` is the sum of
 * passed, failed, silent and gaveUp; these calls are among the former too.
 */
export interface CallTotals {
  readonly calls: number;
  /** Sent to people or a queue by a decision, callers who passed a challenge included. */
  readonly connected: number;
  readonly challenged: number;
  readonly passed: number;
  readonly failed: number;
  readonly silent: number;
  readonly gaveUp: number;
  readonly voicemail: number;
  readonly rejected: number;
  /** The caller hung up before an exit. */
  readonly abandoned: number;
  /** Reached the operators without a decision being carried out. */
  readonly bypassed: number;
  /** Was open when a process died, and nothing told what became of it. */
  readonly unaccounted: number;
}

/** What a monitor rule, or a board in monitor mode, would have done; by verdict the calls. */
export interface MonitoredCounts {
  readonly rule: string;
  readonly calls: number;
  readonly connect: number;
  readonly challenge: number;
  readonly voicemail: number;
  readonly reject: number;
}

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
  /** Would-be verdicts that nobody carried out. */
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
