import { DateTime } from 'luxon';
import { type CallFilter, readWeekHour } from '../../src/call/call-filter.ts';
import type {
  CallerFound,
  CallOrder,
  CallPage,
  CallRange,
  CallRecord,
  CallRecords,
  ChallengeCounts,
  ChallengeDimension,
  ChangedVerdict,
  CountDimension,
  HourOfWeek,
  ReportSummary,
  StepCount,
  TopCaller,
  TopCallers,
  ValueCount,
} from '../../src/call/call-records.ts';
import { dispositionOf } from '../../src/call/disposition.ts';
import { campaignOf, listedNumber } from '../../src/call/facts.ts';
import type { MissedPeople, PeopleCursor } from '../../src/call/impact/missed-people.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { harmedCalls, impactOf, peopleOf } from './harmed-calls.ts';
import { scannedSummary } from './scanned-summary.ts';

/** Call records in memory, with the answers of the real ones. `away` makes every method reject; `frozen` never answer. */
export class MemoryCallRecords implements CallRecords {
  away = false;
  frozen = false;
  /** How often each method was asked. */
  readonly asked = { page: 0, call: 0, counts: 0, summary: 0, topCallers: 0 };
  readonly #records: CallRecord[];

  constructor(records: readonly CallRecord[] = []) {
    this.#records = [...records].sort((a, b) => b.outcome.facts.now - a.outcome.facts.now);
  }

  add(record: CallRecord): void {
    this.#records.push(record);
    this.#records.sort((a, b) => b.outcome.facts.now - a.outcome.facts.now);
  }

  async page(
    filter: CallFilter,
    cursor: string | null,
    limit: number,
    order: CallOrder = 'newest',
  ): Promise<CallPage> {
    this.asked.page++;
    await this.#reach();
    const isWanted = this.#wants(filter);
    const newest = this.#records.filter(({ outcome }) => isWanted(outcome));
    const length = ({ outcome }: CallRecord) => outcome.timings.exitMs;
    const found =
      order === 'newest'
        ? newest
        : order === 'oldest'
          ? newest.reverse()
          : newest.sort((a, b) => length(b) - length(a));
    const from = cursor === null ? 0 : Number.parseInt(cursor, 36) || 0;
    const next = from + limit < found.length ? (from + limit).toString(36) : null;
    const previous = from > 0 ? Math.max(0, from - limit).toString(36) : null;
    return { calls: found.slice(from, from + limit), next, previous };
  }

  async call(id: string): Promise<CallRecord | null> {
    this.asked.call++;
    await this.#reach();
    return (
      this.#records.find(({ outcome }) => outcome.callId === id || outcome.facts.sipCallId === id) ?? null
    );
  }

  async counts(dimension: CountDimension, filter: CallFilter): Promise<readonly ValueCount[]> {
    this.asked.counts++;
    await this.#reach();
    const found = this.#within(filter).filter(this.#wants(filter));
    return counted(found.flatMap((outcome) => valuesOf(dimension, outcome)));
  }

  async timeline(starts: readonly number[], filter: CallFilter): Promise<readonly StepCount[]> {
    await this.#reach();
    const isWanted = this.#wants(filter);
    return starts.flatMap((at, place) => {
      const until = Math.min(filter.until, starts[place + 1] ?? filter.until);
      const calls = this.#within({ since: Math.max(at, filter.since), until }).filter(isWanted);
      return counted(calls.map((outcome) => dispositionOf(outcome))).map((row) => ({ at, ...row }));
    });
  }

  async impacts(ranges: readonly CallRange[]): Promise<readonly StepCount[]> {
    await this.#reach();
    const quarterMs = 900_000;
    const harmed = this.#harmed();
    const words = ranges.flatMap((range) => {
      const calls = this.#within(range);
      const people = peopleOf(calls, harmed).people.map(({ firstAt }) => [firstAt, 'people'] as const);
      const impacts = calls.map((call) => [call.facts.now, impactOf(call, harmed)] as const);
      return [...impacts, ...people].map(([at, word]) => `${Math.floor(at / quarterMs) * quarterMs} ${word}`);
    });
    return counted(words).map(({ value: of, calls: many }) => {
      const [at = '', value = ''] = of.split(' ');
      return { at: Number(at), value, calls: many };
    });
  }

  async hoursOfWeek(range: CallRange, zone: string): Promise<readonly HourOfWeek[]> {
    await this.#reach();
    const hours = this.#within(range).map(({ facts }) => {
      const local = DateTime.fromMillis(facts.now, { zone });
      return `${local.weekday - 1} ${local.hour}`;
    });
    return counted(hours).map(({ value, calls }) => {
      const [weekday = 0, hour = 0] = value.split(' ').map(Number);
      return { weekday, hour, calls };
    });
  }

  async challenges(by: ChallengeDimension, filter: CallFilter, most: number): Promise<ChallengeCounts> {
    await this.#reach();
    const challenged = this.#within(filter)
      .filter(({ challenge }) => challenge !== null)
      .filter(this.#wants(filter));
    const all = counted(challenged.flatMap((outcome) => valuesOf(by, outcome)));
    const values = all.slice(0, most).map((row) => {
      const own = challenged.filter((outcome) => valuesOf(by, outcome)[0] === row.value);
      const results = { passed: 0, failed: 0, silent: 0, 'gave-up': 0 };
      for (const { challenge } of own) if (challenge !== null) results[challenge.result]++;
      return { ...row, results };
    });
    return { values, all: all.length };
  }

  async changedVerdicts(range: CallRange): Promise<readonly ChangedVerdict[]> {
    await this.#reach();
    const changes = this.#within(range).flatMap(({ decision }) =>
      (decision?.monitored ?? []).flatMap(({ rule, verdict }) =>
        decision === null || verdict.kind === decision.verdict.kind
          ? []
          : [`${rule} ${decision.verdict.kind} ${verdict.kind}`],
      ),
    );
    return counted(changes).map(({ value, calls }) => {
      const [rule = '', was = '', would = ''] = value.split(' ');
      return { rule, was, would, calls };
    });
  }

  async missedPeople(range: CallRange, after: PeopleCursor | null, most: number): Promise<MissedPeople> {
    await this.#reach();
    const { people, ...found } = peopleOf(this.#within(range), this.#harmed());
    const from = after === null ? 0 : people.findIndex(({ callId }) => callId === after.callId) + 1;
    const shown = people.slice(from, from + most);
    const last = shown.at(-1);
    const isMore = from + most < people.length && last !== undefined;
    return {
      ...found,
      people: shown,
      next: isMore ? { lastAt: last.lastAt, callId: last.callId } : null,
    };
  }

  async callersWith(digits: string, range: CallRange, most: number): Promise<readonly CallerFound[]> {
    await this.#reach();
    const calls = this.#within(range).filter(({ facts }) => facts.caller.number?.includes(digits));
    return [...Map.groupBy(calls, ({ facts }) => facts.caller.number ?? '')]
      .map(([caller, own]) => ({ caller, own, lastAt: own[0]?.facts.now ?? 0 }))
      .sort((a, b) => b.own.length - a.own.length || b.lastAt - a.lastAt || (a.caller < b.caller ? -1 : 1))
      .map(({ caller, own }) => ({ caller, calls: own.length, latest: own[0]?.callId ?? '' }))
      .slice(0, most);
  }

  async summary(range: CallRange, signal?: AbortSignal): Promise<ReportSummary> {
    this.asked.summary++;
    await this.#reach(signal);
    return scannedSummary(this.#between, range);
  }

  async topCallers(filter: CallFilter, limit: number): Promise<TopCallers> {
    this.asked.topCallers++;
    await this.#reach();
    const callers = this.#callers(filter);
    callers.sort((a, b) => b.calls - a.calls || (a.caller < b.caller ? -1 : 1));
    const calls = callers.reduce((sum, own) => sum + own.calls, 0);
    return { calls, all: callers.length, callers: callers.slice(0, limit) };
  }

  async callersAfter(filter: CallFilter, number: string, limit: number): Promise<readonly TopCaller[]> {
    await this.#reach();
    const after = this.#callers(filter).filter(({ caller }) => caller > number);
    return after.sort((a, b) => (a.caller < b.caller ? -1 : 1)).slice(0, limit);
  }

  #callers(filter: CallFilter): TopCaller[] {
    const found = this.#within(filter).filter(this.#wants(filter));
    const byCaller = Map.groupBy(found, ({ facts }) => facts.caller.number);
    return [...byCaller].flatMap(([caller, own]) =>
      caller === null
        ? []
        : {
            ...{ caller, calls: own.length },
            ...{ latest: own[0]?.callId ?? '', lastAt: own[0]?.facts.now ?? 0 },
            exchange: own.flatMap((outcome) => valuesOf('exchange', outcome))[0] ?? null,
            signer: counted(own.flatMap((outcome) => valuesOf('signer', outcome)))[0]?.value ?? null,
            results: counted(own.map((outcome) => dispositionOf(outcome))),
          },
    );
  }

  #harmed() {
    return harmedCalls(this.#records.map(({ outcome }) => outcome));
  }

  #wants(filter: CallFilter): (outcome: Outcome) => boolean {
    const harmed = filter.impact === undefined ? null : this.#harmed();
    return (outcome) =>
      matches(outcome, filter) && (harmed === null || impactOf(outcome, harmed) === filter.impact);
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

  /** Newest first. */
  #within({ since, until }: CallRange): Outcome[] {
    return this.#records
      .map(({ outcome }) => outcome)
      .filter(({ facts }) => facts.now >= since && facts.now < until);
  }
}

function counted(values: readonly string[]): ValueCount[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, calls]) => ({ value, calls }))
    .sort((one, other) => other.calls - one.calls || (one.value < other.value ? -1 : 1));
}

function matches(outcome: Outcome, filter: CallFilter): boolean {
  const { facts, decision, challenge, bypass } = outcome;
  const held: (readonly [unknown, unknown])[] = [
    [filter.caller, facts.caller.number],
    [filter.called, facts.called.number ?? 'none'],
    [filter.rule, decision?.rule ?? 'none'],
    [filter.verdict, decision?.verdict.kind ?? 'none'],
    [filter.where, dispositionOf(outcome)],
    [filter.challenge, filter.challenge === 'any' && challenge !== null ? 'any' : challenge?.result],
    [filter.verification, facts.verification.result],
    [filter.attestation, facts.verification.attestation ?? 'none'],
    [filter.signer, facts.verification.signer],
    [filter.campaign, filter.campaign === 'any' && campaignOf(facts) ? 'any' : (campaignOf(facts) ?? 'none')],
    [filter.bypass, bypass?.reason],
    [filter.exchange, valuesOf('exchange', outcome)[0]],
    [filter.language, challenge?.language],
    [filter['quit-second'], quitSecond(outcome)],
    [filter.policy, decision?.policyVersion],
  ];
  return (
    facts.now >= filter.since &&
    facts.now < filter.until &&
    held.every(([wanted, is]) => wanted === undefined || wanted === is) &&
    (filter.hour === undefined || isInHour(facts.now, filter.hour)) &&
    facts.caller.displayName.toLowerCase().includes((filter.name ?? '').toLowerCase()) &&
    wasMonitored(outcome, filter)
  );
}

function isInHour(at: number, wanted: string): boolean {
  const { weekday, hour, zone } = readWeekHour(wanted);
  const local = DateTime.fromMillis(at, { zone });
  return local.weekday === weekday + 1 && local.hour === hour;
}

function wasMonitored({ decision }: Outcome, { monitored, would }: CallFilter): boolean {
  if (monitored === undefined && would === undefined) return true;
  return (decision?.monitored ?? []).some(
    ({ rule, verdict }) => [rule, undefined].includes(monitored) && [verdict.kind, undefined].includes(would),
  );
}

function valuesOf(dimension: CountDimension, outcome: Outcome): readonly string[] {
  const { facts, decision, challenge, bypass } = outcome;
  const { verification } = facts;
  const one = (value: string | null | undefined) => (value === null || value === undefined ? [] : [value]);
  switch (dimension) {
    case 'where':
      return [dispositionOf(outcome)];
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
    case 'short-code':
      return one(facts.caller.number === null ? listedNumber(facts.caller) : null);
    case 'exchange':
      return one(facts.caller.number?.slice(0, -4));
    case 'campaign':
      return one(campaignOf(facts));
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
