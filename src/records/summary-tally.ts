import type { Verdict } from '../policy/verdict.ts';
import type { Outcome } from '../screening/outcome.ts';
import { type MonitoredCounts, mostFirst, type ReportSummary } from '../screening/report-summary.ts';
import { markOf } from './call-columns.ts';
import { fateOf, mostFates, totalsOf } from './call-fates.ts';

const hourMs = 3_600_000;
const noneMonitored = { calls: 0, connect: 0, challenge: 0, voicemail: 0, reject: 0 };

/** Adds up a summary. What is given by hour makes the totals; the other lists are given apart. */
export class SummaryTally {
  readonly #hours = new Map<number, Uint32Array>();
  readonly #rules = new Map<string | null, Uint32Array>();
  readonly #called = new Map<string | null, Uint32Array>();
  readonly #bypasses = new Map<string, number>();
  readonly #monitored = new Map<string, MonitoredCounts>();

  /** `hour`: epoch ms of its start. `fates`: calls of each. */
  addHour(hour: number, fates: Uint32Array): void {
    add(this.#hours, hour, fates);
  }

  addRule(rule: string | null, fates: Uint32Array): void {
    add(this.#rules, rule, fates);
  }

  addCalled(called: string | null, fates: Uint32Array): void {
    add(this.#called, called, fates);
  }

  addBypasses(reason: string, calls: number): void {
    this.#bypasses.set(reason, (this.#bypasses.get(reason) ?? 0) + calls);
  }

  addMonitored(rule: string, kind: Verdict['kind'], calls: number): void {
    const before = this.#monitored.get(rule) ?? { rule, ...noneMonitored };
    this.#monitored.set(rule, { ...before, calls: before.calls + calls, [kind]: before[kind] + calls });
  }

  addMonitoredOf({ decision }: Outcome): void {
    for (const { rule, verdict } of decision?.monitored ?? []) this.addMonitored(rule, verdict.kind, 1);
  }

  /** A call of which nothing is counted yet. */
  addOutcome(outcome: Outcome): void {
    const fates = oneOf(fateOf(markOf(outcome)));
    this.addHour(Math.floor(outcome.facts.now / hourMs) * hourMs, fates);
    this.addRule(outcome.decision?.rule ?? null, fates);
    this.addCalled(outcome.facts.called.number, fates);
    if (outcome.bypass !== null) this.addBypasses(outcome.bypass.reason, 1);
    this.addMonitoredOf(outcome);
  }

  summary({ since, until }: { readonly since: number; readonly until: number }): ReportSummary {
    const all = new Uint32Array(mostFates);
    for (const fates of this.#hours.values()) addTo(all, fates);
    return {
      since,
      until,
      totals: totalsOf(all),
      byRule: mostFirst(
        [...this.#rules].map(([rule, fates]) => ({ rule, ...totalsOf(fates) })),
        ({ rule }) => rule,
      ),
      byBypassReason: mostFirst(
        [...this.#bypasses].map(([reason, calls]) => ({ reason, calls })),
        ({ reason }) => reason,
      ),
      byCalledNumber: mostFirst(
        [...this.#called].map(([called, fates]) => ({ called, ...totalsOf(fates) })),
        ({ called }) => called,
      ),
      byHour: [...this.#hours]
        .map(([hour, fates]) => ({ hour, ...totalsOf(fates) }))
        .sort((a, b) => a.hour - b.hour),
      monitored: mostFirst([...this.#monitored.values()], ({ rule }) => rule),
    };
  }
}

/** One call of this fate. */
export function oneOf(fate: number): Uint32Array {
  const fates = new Uint32Array(mostFates);
  fates[fate] = 1;
  return fates;
}

function add<Key>(sums: Map<Key, Uint32Array>, key: Key, fates: Uint32Array): void {
  if (fates.every((calls) => calls === 0)) return;
  const known = sums.get(key);
  if (known === undefined) sums.set(key, fates.slice());
  else addTo(known, fates);
}

function addTo(sums: Uint32Array, fates: Uint32Array): void {
  for (let fate = 0; fate < mostFates; fate++) sums[fate] = (sums[fate] ?? 0) + (fates[fate] ?? 0);
}
