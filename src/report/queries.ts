import type { Outcome } from '../screening/outcome.ts';
import { whereabouts } from '../screening/whereabouts.ts';

export { type Whereabouts, whereabouts } from '../screening/whereabouts.ts';

/** Where a report gets its outcomes from. */
export interface OutcomeSource {
  /** Outcomes of the calls that arrived from `since` and before `until`, epoch ms. */
  between(since: number, until: number): AsyncIterable<Outcome>;
}

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

export interface ReportSummary {
  /** Epoch ms, as asked for. */
  readonly since: number;
  readonly until: number;
  readonly totals: CallTotals;
  /** Rule null: calls that never met the policy. Most calls first, as in all lists but byHour. */
  readonly byRule: readonly ({ readonly rule: string | null } & CallTotals)[];
  readonly byBypassReason: readonly { readonly reason: string; readonly calls: number }[];
  /** E.164, unmasked; null: not a public number. */
  readonly byCalledNumber: readonly ({ readonly called: string | null } & CallTotals)[];
  /** `hour` is the epoch ms of its start; hours without calls are left out; in order. */
  readonly byHour: readonly ({ readonly hour: number } & CallTotals)[];
  /** Would-be verdicts that nobody carried out. */
  readonly monitored: readonly MonitoredCounts[];
}

const hourMs = 3_600_000;

/** What happened to the calls that arrived from `since` and before `until` (epoch ms). Rejects when the source does. */
export async function summary(
  source: OutcomeSource,
  { since, until }: { readonly since: number; readonly until: number },
): Promise<ReportSummary> {
  const totals = noCalls();
  const rules = new Map<string | null, Counting>();
  const numbers = new Map<string | null, Counting>();
  const hours = new Map<number, Counting>();
  const bypasses = new Map<string, number>();
  const monitored = new Map<string, MonitoredCounts>();
  for await (const outcome of source.between(since, until)) {
    count(totals, outcome);
    count(countingOf(rules, outcome.decision?.rule ?? null), outcome);
    count(countingOf(numbers, outcome.facts.called.number), outcome);
    count(countingOf(hours, Math.floor(outcome.facts.now / hourMs) * hourMs), outcome);
    for (const { rule, verdict } of outcome.decision?.monitored ?? []) {
      const before = monitored.get(rule) ?? { rule, ...nothingMonitored };
      monitored.set(rule, { ...before, calls: before.calls + 1, [verdict.kind]: before[verdict.kind] + 1 });
    }
    const reason = outcome.bypass?.reason;
    if (reason !== undefined) bypasses.set(reason, (bypasses.get(reason) ?? 0) + 1);
  }
  return {
    since,
    until,
    totals,
    byRule: mostFirst([...rules].map(([rule, counted]) => ({ rule, ...counted }))),
    byBypassReason: mostFirst([...bypasses].map(([reason, calls]) => ({ reason, calls }))),
    byCalledNumber: mostFirst([...numbers].map(([called, counted]) => ({ called, ...counted }))),
    byHour: [...hours].map(([hour, counted]) => ({ hour, ...counted })).sort((a, b) => a.hour - b.hour),
    monitored: mostFirst([...monitored.values()]),
  };
}

const nothingMonitored = { calls: 0, connect: 0, challenge: 0, voicemail: 0, reject: 0 };

type Counting = { -readonly [Key in keyof CallTotals]: number };

const challengeTotals = {
  passed: 'passed',
  failed: 'failed',
  silent: 'silent',
  'gave-up': 'gaveUp',
} as const;

function count(counting: Counting, outcome: Outcome): void {
  counting.calls++;
  counting[whereabouts(outcome)]++;
  if (outcome.challenge === null) return;
  counting.challenged++;
  counting[challengeTotals[outcome.challenge.result]]++;
}

function countingOf<Key>(countings: Map<Key, Counting>, key: Key): Counting {
  const counting = countings.get(key) ?? noCalls();
  countings.set(key, counting);
  return counting;
}

function noCalls(): Counting {
  return {
    calls: 0,
    connected: 0,
    challenged: 0,
    passed: 0,
    failed: 0,
    silent: 0,
    gaveUp: 0,
    voicemail: 0,
    rejected: 0,
    abandoned: 0,
    bypassed: 0,
    unaccounted: 0,
  };
}

function mostFirst<Row extends { readonly calls: number }>(rows: Row[]): Row[] {
  return rows.sort((a, b) => b.calls - a.calls);
}
