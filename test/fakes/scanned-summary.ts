import type { CallTotals, MonitoredCounts, ReportSummary } from '../../src/call/call-records.ts';
import { dispositionOf } from '../../src/call/disposition.ts';
import type { Outcome } from '../../src/call/outcome.ts';

/** Where a scan gets its outcomes from. */
export interface OutcomeSource {
  /** Outcomes of the calls that arrived from `since` and before `until`, epoch ms. */
  between(since: number, until: number): AsyncIterable<Outcome>;
}

const hourMs = 3_600_000;

/** The summary of calls that were read one by one: what the adapters' summaries are held to. */
export async function scannedSummary(
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
    byRule: inOrder(
      [...rules].map(([rule, counted]) => ({ rule, ...counted })),
      'rule',
    ),
    byBypassReason: inOrder(
      [...bypasses].map(([reason, calls]) => ({ reason, calls })),
      'reason',
    ),
    byCalledNumber: inOrder(
      [...numbers].map(([called, counted]) => ({ called, ...counted })),
      'called',
    ),
    byHour: [...hours].map(([hour, counted]) => ({ hour, ...counted })).sort((a, b) => a.hour - b.hour),
    monitored: inOrder([...monitored.values()], 'rule'),
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
  counting[dispositionOf(outcome)]++;
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

/** Most calls first; among equals by the word, null after all words. */
function inOrder<Word extends string, Row extends { calls: number } & Record<Word, string | null>>(
  rows: Row[],
  word: Word,
): Row[] {
  const late = '\uffff';
  return rows.sort((a, b) => b.calls - a.calls || ((a[word] ?? late) < (b[word] ?? late) ? -1 : 1));
}
