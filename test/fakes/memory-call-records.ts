import type {
  CallFilter,
  CallPage,
  CallRecord,
  CallRecords,
  CountDimension,
  CountRow,
  ReportSummary,
  TopCallers,
} from '../../src/report/call-records.ts';
import type { Outcome } from '../../src/screening/outcome.ts';
import { whereabouts } from '../../src/screening/whereabouts.ts';
import { scannedSummary } from './scanned-summary.ts';

const stepMs = { hour: 3_600_000, day: 86_400_000 } as const;
type Range = { readonly since: number; readonly until: number };

/** Call records in memory, with the answers of the real ones. `away` makes every method reject; `frozen` never answer. */
export class MemoryCallRecords implements CallRecords {
  away = false;
  frozen = false;
  /** How often each method was asked. */
  readonly asked = { page: 0, call: 0, counts: 0, harm: 0, summary: 0, topCallers: 0 };
  readonly #records: CallRecord[];

  constructor(records: readonly CallRecord[] = []) {
    this.#records = [...records].sort((a, b) => b.outcome.facts.now - a.outcome.facts.now);
  }

  add(record: CallRecord): void {
    this.#records.push(record);
    this.#records.sort((a, b) => b.outcome.facts.now - a.outcome.facts.now);
  }

  async page(filter: CallFilter, cursor: string | null, limit: number): Promise<CallPage> {
    this.asked.page++;
    await this.#reach();
    const found = this.#records.filter((record) => matches(record.outcome, filter));
    const from = cursor === null ? 0 : Number.parseInt(cursor, 36) || 0;
    const next = from + limit < found.length ? (from + limit).toString(36) : null;
    return { calls: found.slice(from, from + limit), next };
  }

  async call(id: string): Promise<CallRecord | null> {
    this.asked.call++;
    await this.#reach();
    return (
      this.#records.find(({ outcome }) => outcome.callId === id || outcome.facts.sipCallId === id) ?? null
    );
  }

  async counts(
    dimension: CountDimension,
    range: Range & { step: 'hour' | 'day' },
  ): Promise<readonly CountRow[]> {
    this.asked.counts++;
    await this.#reach();
    return this.#count(range, stepMs[range.step], (outcome) => valuesOf(dimension, outcome));
  }

  async harm(by: 'language' | 'called' | 'attestation', range: Range): Promise<readonly CountRow[]> {
    this.asked.harm++;
    await this.#reach();
    return this.#count(range, stepMs.day, (outcome) =>
      outcome.challenge === null
        ? []
        : valuesOf(by, outcome).map((value) => `${outcome.challenge?.result}|${value}`),
    );
  }

  async summary(range: Range, signal?: AbortSignal): Promise<ReportSummary> {
    this.asked.summary++;
    await this.#reach(signal);
    return scannedSummary(this.#between, range);
  }

  async topCallers({ since, until }: Range, limit: number): Promise<TopCallers> {
    this.asked.topCallers++;
    await this.#reach();
    const counted = new Map<string, number>();
    let calls = 0;
    for await (const { facts } of this.#between.between(since, until)) {
      if (facts.caller.number === null) continue;
      calls++;
      counted.set(facts.caller.number, (counted.get(facts.caller.number) ?? 0) + 1);
    }
    const callers = [...counted]
      .map(([caller, own]) => ({ caller, calls: own }))
      .sort((a, b) => b.calls - a.calls || (a.caller < b.caller ? -1 : 1));
    return { calls, callers: callers.slice(0, limit) };
  }

  readonly #between = {
    between: async function* (this: MemoryCallRecords, since: number, until: number) {
      for (const { outcome } of this.#records)
        if (outcome.facts.now >= since && outcome.facts.now < until) yield outcome;
    }.bind(this),
  };

  async #reach(signal?: AbortSignal): Promise<void> {
    if (this.frozen)
      await new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    if (this.away) throw new Error('Redis is away');
  }

  #count(range: Range, step: number, values: (outcome: Outcome) => readonly string[]): CountRow[] {
    const counts = new Map<string, { at: number; value: string; calls: number }>();
    for (const { outcome } of this.#records) {
      const arrived = outcome.facts.now;
      if (arrived < range.since || arrived >= range.until) continue;
      const at = Math.floor(arrived / step) * step;
      for (const value of values(outcome)) {
        const row = counts.get(`${at}|${value}`) ?? { at, value, calls: 0 };
        row.calls++;
        counts.set(`${at}|${value}`, row);
      }
    }
    return [...counts.values()];
  }
}

function matches(outcome: Outcome, filter: CallFilter): boolean {
  const { facts, decision, challenge, bypass } = outcome;
  const held: (readonly [unknown, unknown])[] = [
    [filter.caller, facts.caller.number],
    [filter.called, facts.called.number],
    [filter.rule, decision?.rule],
    [filter.verdict, decision?.verdict.kind ?? 'none'],
    [filter.where, whereabouts(outcome)],
    [filter.challenge, challenge?.result],
    [filter.verification, facts.verification.result],
    [filter.attestation, facts.verification.attestation],
    [filter.signer, facts.verification.signer],
    [filter.campaign, facts.history?.campaign],
    [filter.bypass, bypass?.reason],
  ];
  return (
    facts.now >= filter.since &&
    facts.now < filter.until &&
    held.every(([wanted, is]) => wanted === undefined || wanted === is)
  );
}

function valuesOf(dimension: CountDimension, outcome: Outcome): readonly string[] {
  const { facts, decision, challenge, bypass } = outcome;
  const { verification } = facts;
  const one = (value: string | null | undefined) => (value === null || value === undefined ? [] : [value]);
  switch (dimension) {
    case 'where':
      return [whereabouts(outcome)];
    case 'rule':
      return one(decision?.rule);
    case 'monitored':
      return decision?.monitored.map(({ rule }) => rule) ?? [];
    case 'verdict':
      return [decision?.verdict.kind ?? 'none'];
    case 'challenge':
      return one(challenge?.result);
    case 'bypass':
      return one(bypass?.reason);
    case 'verification':
      return [verification.result];
    case 'attestation':
      return [verification.attestation ?? 'none'];
    case 'signer':
      return one(verification.signer);
    case 'called':
      return [facts.called.number ?? 'none'];
    case 'exchange':
      return one(facts.caller.number?.slice(0, -4));
    case 'language':
      return one(challenge?.language);
    case 'quit-second':
      return one(quitSecond(outcome));
    case 'policy':
      return one(decision?.policyVersion);
  }
}

function quitSecond({ challenge }: Outcome): string | null {
  const last = challenge?.attempts.at(-1);
  return last?.result === 'hung-up' ? String(Math.floor((last.endedAtMs - last.promptAtMs) / 1000)) : null;
}
