import type { Outcome } from '../screening/outcome.ts';
import { matchesFilter } from './call-filter.ts';
import type {
  CallFilter,
  CallPage,
  CallRecord,
  CallRecords,
  CountDimension,
  CountRow,
} from './call-records.ts';
import { type OutcomeSource, whereabouts } from './queries.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const oldestMs = 400 * dayMs;

/** Everything the report asks for, by reading every outcome of the time: right for a day of calls, not for a million. */
export class ScannedCallRecords implements CallRecords {
  readonly #source: OutcomeSource;

  constructor(source: OutcomeSource) {
    this.#source = source;
  }

  async page(filter: CallFilter, cursor: string | null, limit: number): Promise<CallPage> {
    const found: Outcome[] = [];
    for await (const outcome of this.#matching(filter)) found.push(outcome);
    found.sort((a, b) => (place(a) < place(b) ? 1 : -1));
    const after = cursor === null ? null : Buffer.from(cursor, 'base64url').toString();
    const rest = after === null ? found : found.filter((outcome) => place(outcome) < after);
    const calls = rest.slice(0, limit);
    const last = calls.at(-1);
    const next =
      rest.length > limit && last !== undefined ? Buffer.from(place(last)).toString('base64url') : null;
    return { calls: calls.map(record), next };
  }

  async call(id: string): Promise<CallRecord | null> {
    const now = Date.now();
    for await (const outcome of this.#source.between(now - oldestMs, now + dayMs))
      if (outcome.callId === id || (id !== '' && outcome.facts.sipCallId === id)) return record(outcome);
    return null;
  }

  async counts(
    dimension: CountDimension,
    range: { since: number; until: number; step: 'hour' | 'day' },
  ): Promise<readonly CountRow[]> {
    return this.#count(range, range.step === 'hour' ? hourMs : dayMs, (outcome) =>
      values(outcome, dimension),
    );
  }

  async harm(
    by: 'language' | 'called' | 'attestation',
    range: { since: number; until: number },
  ): Promise<readonly CountRow[]> {
    return this.#count(range, dayMs, (outcome) =>
      outcome.challenge === null
        ? []
        : values(outcome, by).map((value) => `${outcome.challenge?.result}|${value}`),
    );
  }

  async #count(
    { since, until }: { since: number; until: number },
    stepMs: number,
    valuesOf: (outcome: Outcome) => readonly string[],
  ): Promise<readonly CountRow[]> {
    const counted = new Map<string, { at: number; value: string; calls: number }>();
    for await (const outcome of this.#source.between(since, until)) {
      const at = Math.floor(outcome.facts.now / stepMs) * stepMs;
      for (const value of valuesOf(outcome)) {
        const row = counted.get(`${at} ${value}`) ?? { at, value, calls: 0 };
        row.calls++;
        counted.set(`${at} ${value}`, row);
      }
    }
    return [...counted.values()].sort((a, b) => a.at - b.at || (a.value < b.value ? -1 : 1));
  }

  async *#matching(filter: CallFilter): AsyncGenerator<Outcome> {
    for await (const outcome of this.#source.between(filter.since, filter.until))
      if (matchesFilter(outcome, filter)) yield outcome;
  }
}

/** Later lives are not among the outcomes. */
function record(outcome: Outcome): CallRecord {
  return { outcome, afterExit: null };
}

/** Sorts as the arrival does, and tells two calls of one millisecond apart. */
function place({ facts, callId }: Outcome): string {
  return `${String(facts.now).padStart(15, '0')} ${callId}`;
}

/** What a call is counted under; empty: not at all. */
function values(outcome: Outcome, dimension: CountDimension): readonly string[] {
  const { facts, decision, challenge, bypass } = outcome;
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
      return [facts.verification.result];
    case 'attestation':
      return [facts.verification.attestation ?? 'none'];
    case 'signer':
      return one(facts.verification.signer);
    case 'called':
      return one(facts.called.number);
    case 'exchange':
      return one(facts.caller.number?.slice(0, -4));
    case 'language':
      return one(challenge?.language);
    case 'policy':
      return one(decision?.policyVersion);
    case 'quit-second': {
      const last = challenge?.attempts.at(-1);
      if (challenge?.result !== 'gave-up' || last === undefined) return [];
      return [String(Math.floor((last.endedAtMs - last.promptAtMs) / 1000))];
    }
  }
}
