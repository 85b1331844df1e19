import type { CallFilter } from '../../call/call-filter.ts';
import {
  type CallerFound,
  type CallOrder,
  type CallPage,
  type CallRange,
  type CallRecord,
  type CallRecords,
  type CallTotals,
  type ChallengeCounts,
  type ChallengeDimension,
  type ChangedVerdict,
  type CountDimension,
  type HourOfWeek,
  type MonitoredCounts,
  mostFirst,
  type ReportSummary,
  type StepCount,
  type TopCaller,
  type TopCallers,
  type ValueCount,
} from '../../call/call-records.ts';
import type { RealExit } from '../../call/disposition.ts';
import { isShortCodeText } from '../../call/facts.ts';
import { type MissedPeople, nearMs, type PeopleCursor } from '../../call/impact/missed-people.ts';
import type { AfterExit } from '../../call/outcome.ts';
import {
  type ChallengeResult,
  challengeResults,
  type Disposition,
  type VerdictKind,
  verdictKinds,
  zeroFor,
} from '../../call/vocabulary.ts';
import { type CallerNames, plainNames } from '../../privacy/caller-names.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../../redis/redis-client.ts';
import { shardKeys } from '../../redis/redis-keys.ts';
import { type EntryFields, readEntry } from '../stored-entry.ts';
import { impactsByQuarter, missedPeopleOf, peopleMissed } from './impact.ts';
import { cursorOf, endOfCursor } from './page-cursor.ts';
import type { Question } from './question.ts';
import * as questions from './questions.ts';
import type { SqlDatabase, SqlRow } from './sql-database.ts';
import { callersAsked, callersFoundOf, callersHaving, topCallersOf } from './top-callers.ts';

export interface SqlRecordsSource {
  readonly database: SqlDatabase;
  readonly redis: RedisClient;
  readonly names?: CallerNames;
  /** Resolves when every call since then (epoch ms) until then is in the database; rejects when that will not be soon. */
  readonly complete: (range: CallRange) => Promise<void>;
}

const mostRanges = 16;
const latest = 8_640_000_000_000_000;
const allTime = { since: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
const nothing = { calls: [], next: null, previous: null };

/**
 * Answers from the database; the whole record of a call is read from Redis. With pseudonyms, callers are asked for by number
 * and come back by pseudonym. Every method rejects as `complete` does for the time that is asked for.
 */
export class SqlCallRecords implements CallRecords {
  protected readonly source: SqlRecordsSource;
  readonly #names: CallerNames;

  constructor(source: SqlRecordsSource) {
    this.source = source;
    this.#names = source.names ?? plainNames;
  }

  async page(
    filter: CallFilter,
    cursor: string | null,
    limit: number,
    order: CallOrder = 'newest',
  ): Promise<CallPage> {
    const after = cursor === null ? null : endOfCursor(cursor.replace(/^-/, ''), order);
    const backward = cursor?.startsWith('-') === true;
    const wanted = await this.#wanted(filter);
    // A cursor that is none of ours has nothing behind it.
    if ((cursor !== null && after === null) || limit < 1) return nothing;
    const rows = await this.#ask(questions.matchingCalls(wanted, after, limit + 1, order, backward));
    const hasMore = rows.length > limit;
    const shown = backward ? rows.slice(0, limit).reverse() : rows.slice(0, limit);
    const [first, last] = [shown[0], shown.at(-1)];
    const hasNext = backward ? cursor !== null : hasMore;
    const hasPrevious = backward ? hasMore : cursor !== null;
    return {
      calls: await this.#recordsOf(shown),
      next: hasNext && last !== undefined ? cursorOf(last, order) : null,
      previous: hasPrevious && first !== undefined ? `-${cursorOf(first, order)}` : null,
    };
  }

  async call(id: string): Promise<CallRecord | null> {
    const found = await this.found(id);
    if (found === null) await this.source.complete(allTime);
    return found;
  }

  /** Of what is in the database. */
  protected async found(id: string): Promise<CallRecord | null> {
    if (id === '') return null;
    const [row] = await this.#ask(questions.callOfId(id));
    const [found] = row ? [row] : await this.#ask(questions.callOfSipId(id));
    return found === undefined ? null : ((await this.#recordsOf([found]))[0] ?? null);
  }

  async counts(dimension: CountDimension, filter: CallFilter): Promise<readonly ValueCount[]> {
    const rows = await this.#ask(questions.callsCounted(dimension, await this.#wanted(filter)));
    return rows.map(({ value, calls }) => ({ value: String(value), calls: Number(calls) }));
  }

  async timeline(starts: readonly number[], filter: CallFilter): Promise<readonly StepCount[]> {
    const rows = await this.#ask(questions.callsInSteps(starts, await this.#wanted(filter)));
    return rows.map(({ start, value, calls }) => ({
      ...{ at: Number(start), value: String(value), calls: Number(calls) },
    }));
  }

  async impacts(ranges: readonly CallRange[]): Promise<readonly StepCount[]> {
    const asked = ranges.slice(0, mostRanges);
    if (asked.length === 0) return [];
    const spans = await Promise.all(asked.map((range) => this.#span(range, nearMs)));
    const rows = await this.#ask(impactsByQuarter(spans));
    return rows.map(({ quarter, value, calls }) => ({
      ...{ at: Number(quarter), value: String(value), calls: Number(calls) },
    }));
  }

  async hoursOfWeek(range: CallRange, zone: string): Promise<readonly HourOfWeek[]> {
    const rows = await this.#ask(questions.callsByHourOfWeek(await this.#span(range), zone));
    return rows.map(({ weekday, hour, calls }) => ({
      ...{ weekday: Number(weekday), hour: Number(hour), calls: Number(calls) },
    }));
  }

  async challenges(by: ChallengeDimension, filter: CallFilter, most: number): Promise<ChallengeCounts> {
    const rows = await this.#ask(questions.challengesCrossed(by, await this.#wanted(filter), most));
    const values = rows.map(({ value, calls, ...counted }) => ({
      ...{ value: String(value), calls: Number(calls) },
      results: Object.fromEntries(
        challengeResults.words.map((result) => [result, Number(counted[result])]),
      ) as ChallengeCounts['values'][number]['results'],
    }));
    return { values, all: Number(rows[0]?.all_values ?? 0) };
  }

  async changedVerdicts(range: CallRange): Promise<readonly ChangedVerdict[]> {
    const rows = await this.#ask(questions.verdictsChanged(await this.#span(range)));
    return rows.map(({ rule, was, would, calls }) => ({
      ...{ rule: String(rule), was: String(was), would: String(would), calls: Number(calls) },
    }));
  }

  async missedPeople(range: CallRange, after: PeopleCursor | null, most: number): Promise<MissedPeople> {
    const span = await this.#span(range, nearMs);
    return missedPeopleOf(await this.#ask(peopleMissed(span, after, most)), most);
  }

  async callersWith(digits: string, range: CallRange, most: number): Promise<readonly CallerFound[]> {
    const span = await this.#span(range);
    return /^\d+$/.test(digits) ? callersFoundOf(await this.#ask(callersHaving(digits, span, most))) : [];
  }

  async summary(range: CallRange, signal?: AbortSignal): Promise<ReportSummary> {
    const span = await this.#span(range);
    const ask = (question: Question) => this.#ask(question, signal);
    const grouped = async <Value extends string | number | null>(by: 'rule' | 'called' | 'hour' | null) =>
      totalsByValue<Value>(await ask(questions.callTotals(by, span)));
    const [all] = await grouped<null>(null);
    const rules = await grouped<string | null>('rule');
    const called = await grouped<string | null>('called');
    const hours = await grouped<number>('hour');
    const bypasses = await ask(questions.bypassReasons(span));
    const monitored = await ask(questions.monitoredVerdicts(span));
    return {
      since: range.since,
      until: range.until,
      totals: all?.totals ?? noCalls(),
      byRule: mostFirst(
        rules.map(({ value, totals }) => ({ rule: value, ...totals })),
        ({ rule }) => rule,
      ),
      byBypassReason: mostFirst(
        bypasses.map(({ reason, calls }) => ({ reason: String(reason), calls: Number(calls) })),
        ({ reason }) => reason,
      ),
      byCalledNumber: mostFirst(
        called.map(({ value, totals }) => ({ called: value, ...totals })),
        (row) => row.called,
      ),
      byHour: hours.map(({ value, totals }) => ({ hour: value, ...totals })).sort((a, b) => a.hour - b.hour),
      monitored: monitoredCounts(monitored),
    };
  }

  async topCallers(filter: CallFilter, limit: number): Promise<TopCallers> {
    const wanted = await this.#wanted(filter);
    return topCallersOf(await this.#ask(callersAsked(wanted, limit)));
  }

  async callersAfter(filter: CallFilter, number: string, limit: number): Promise<readonly TopCaller[]> {
    const wanted = await this.#wanted(filter);
    const { callers } = topCallersOf(await this.#ask(callersAsked(wanted, limit, number)));
    return [...callers].sort((a, b) => (a.caller < b.caller ? -1 : 1));
  }

  #ask({ sql, values }: Question, signal?: AbortSignal): Promise<readonly SqlRow[]> {
    return this.source.database.read(sql, values, signal);
  }

  /** The filter with callers as they are stored, once all of its time is read. */
  async #wanted(filter: CallFilter): Promise<questions.CallsWanted> {
    const { caller, impact } = filter;
    return {
      ...filter,
      ...(await this.#span(filter, impact === undefined ? 0 : nearMs)),
      ...(caller !== undefined && !isShortCodeText(caller) && { caller: this.#names.of(caller) }),
    };
  }

  /** Whole milliseconds, and all of it read, with what lies near it, ms. */
  async #span({ since, until }: CallRange, near = 0): Promise<CallRange> {
    await this.source.complete({ since: since - near, until: until + near });
    return { since: wholeMs(since), until: wholeMs(until) };
  }

  /** A record that Redis does not have any more is left out. */
  async #recordsOf(rows: readonly SqlRow[]): Promise<CallRecord[]> {
    const entries = await runAllOrFail(
      this.source.redis,
      rows.map(({ day, shard, entry_ms: ms, entry_seq: seq }): RedisCommand => {
        const { records } = shardKeys(Number(day), Number(shard));
        return (to) => to.xrangeBuffer(records, `${ms}-${seq}`, `${ms}-${seq}`);
      }),
    );
    return rows.flatMap((row, at) => {
      const [[, fields = []] = []] = entries[at] as [id: Buffer, fields: EntryFields][];
      const entry = readEntry(fields);
      if (entry?.kind !== 'call') return [];
      const afterExit = row.after_exit === null ? null : (JSON.parse(String(row.after_exit)) as AfterExit);
      const realExit =
        row.real_exit === null ? {} : { realExit: JSON.parse(String(row.real_exit)) as RealExit };
      return [{ outcome: entry.outcome, afterExit, ...realExit }];
    });
  }
}

function wholeMs(at: number): number {
  return Math.ceil(Math.max(-latest, Math.min(latest, at)));
}

type Totals = { -readonly [Key in keyof CallTotals]: number };

function totalsByValue<Value extends string | number | null>(
  rows: readonly SqlRow[],
): { readonly value: Value; readonly totals: Totals }[] {
  const found = new Map<Value, Totals>();
  for (const { value, disposition, challenge, calls } of rows) {
    const totals = found.get(value as Value) ?? noCalls();
    found.set(value as Value, totals);
    totals.calls += Number(calls);
    totals[disposition as Disposition] += Number(calls);
    if (challenge === null) continue;
    totals.challenged += Number(calls);
    totals[challengeResults.all[challenge as ChallengeResult].total] += Number(calls);
  }
  return [...found].map(([value, totals]) => ({ value, totals }));
}

function noCalls(): Totals {
  return {
    ...{ calls: 0, connected: 0, challenged: 0, passed: 0, failed: 0, silent: 0, gaveUp: 0 },
    ...{ voicemail: 0, rejected: 0, abandoned: 0, bypassed: 0, unaccounted: 0 },
  };
}

function monitoredCounts(rows: readonly SqlRow[]): MonitoredCounts[] {
  const found = new Map<string, { rule: string; calls: number } & Record<VerdictKind, number>>();
  for (const { rule, would, calls } of rows) {
    const name = String(rule);
    const counts = found.get(name) ?? { rule: name, calls: 0, ...zeroFor(verdictKinds.words) };
    found.set(name, counts);
    counts.calls += Number(calls);
    counts[would as VerdictKind] += Number(calls);
  }
  return mostFirst([...found.values()], ({ rule }) => rule);
}
