import { matchesFilter } from '../screening/call-filter.ts';
import type {
  CallFilter,
  CallPage,
  CallRecord,
  CallRecords,
  CountDimension,
  CountRow,
  TopCallers,
} from '../screening/call-records.ts';
import type { ReportSummary } from '../screening/report-summary.ts';
import { afterExitBytes, afterExitFrom } from './after-exit-row.ts';
import { columnTests, sipTest } from './call-columns.ts';
import type { Counted, HarmDimension } from './call-counts.ts';
import { CallSearch, type FoundCall } from './call-search.ts';
import { type CallSpot, cursorOf, daysBack, entryId, orderOf, spotOfCursor } from './call-spot.ts';
import { type CallerNames, plainNames } from './caller-names.ts';
import { type CountRange, countRows, harmRows } from './counted-rows.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import { countsKey, seenPlace, shardKeysBetween, shardKeysOfCall } from './redis-keys.ts';
import { RedisSummaries } from './redis-summary.ts';
import { RedisTopCallers } from './redis-top-callers.ts';

const dayMs = 86_400_000;
const earliestArrival = Date.UTC(2020);
const daysAtOnce = 128;
/** How far back a call is looked for by a name that does not tell its day. */
const lookBackMs = 400 * dayMs;
const seenBytes = 11;
const nowhere = { calls: [], next: null };

/**
 * Reads calls and counts for whoever shows them. With pseudonyms, callers are asked for by number and come back by pseudonym.
 * Every method rejects when Redis does; the connection should be its own, so that a large answer delays no outcome.
 */
export class RedisCallRecords implements CallRecords {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;
  readonly #search: CallSearch;
  readonly #summaries: RedisSummaries;
  readonly #topCallers: RedisTopCallers;

  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
    this.#search = new CallSearch(redis);
    this.#summaries = new RedisSummaries(redis);
    this.#topCallers = new RedisTopCallers(redis);
  }

  async page(filter: CallFilter, cursor: string | null, limit: number): Promise<CallPage> {
    const wanted =
      filter.caller === undefined ? filter : { ...filter, caller: this.#names.of(filter.caller) };
    const after = cursor === null ? null : spotOfCursor(cursor);
    const tests = columnTests(wanted);
    // A cursor that is none of ours has nothing behind it.
    if (tests === null || (cursor !== null && after === null) || limit < 1) return nowhere;
    const since = Math.max(wanted.since, earliestArrival);
    const until = Math.min(wanted.until, Date.now() + dayMs);
    if (since >= until) return nowhere;
    const matches = (outcome: FoundCall['outcome']) => matchesFilter(outcome, wanted);
    const found = await this.#search.find({ since, until, after, tests, matches }, limit + 1);
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const next = found.length > limit && last !== undefined ? cursorOf(orderOf(last.spot)) : null;
    return { calls: await this.#withAfterExits(shown), next };
  }

  async call(id: string): Promise<CallRecord | null> {
    if (id === '') return null;
    const found = (await this.#byCallId(id)) ?? (await this.#bySipCallId(id));
    return found === null ? null : ((await this.#withAfterExits([found]))[0] ?? null);
  }

  async counts(
    dimension: CountDimension,
    { since, until, step }: { since: number; until: number; step: 'hour' | 'day' },
  ): Promise<readonly CountRow[]> {
    return this.#rows(dimension, { since, until, step }, countRows);
  }

  async harm(by: HarmDimension, range: { since: number; until: number }): Promise<readonly CountRow[]> {
    return this.#rows(`harm-${by}`, { ...range, step: 'day' }, harmRows);
  }

  summary(range: { since: number; until: number }, signal?: AbortSignal): Promise<ReportSummary> {
    return this.#summaries.summary(range, signal);
  }

  topCallers(range: { since: number; until: number }, limit: number): Promise<TopCallers> {
    return this.#topCallers.find(range, limit);
  }

  async #rows(counted: Counted, asked: CountRange, rowsOf: typeof countRows): Promise<CountRow[]> {
    const range = {
      ...asked,
      since: Math.max(asked.since, earliestArrival),
      until: Math.min(asked.until, Date.now() + dayMs),
    };
    if (range.since >= range.until) return [];
    const shards = shardKeysBetween(range.since, range.until - 1).flat();
    const hashes = await runAllOrFail(
      this.#redis,
      shards.map(
        (shard): RedisCommand =>
          (to) =>
            // As pairs: an object of each answer would take longer than the counting.
            to.callBuffer('HGETALL', countsKey(shard, counted)),
      ),
    );
    return rowsOf(
      shards.map(({ day }, at) => ({ day, hash: hashes[at] })),
      range,
    );
  }

  /** Its shard is known, not its day: Asterisk's ids begin with a time, which is asked first. */
  async #byCallId(callId: string): Promise<FoundCall | null> {
    const now = Date.now();
    const [, seconds = ''] = /\/(\d{10})\.\d+$/.exec(callId) ?? [];
    const told = Number(seconds) * 1000;
    if (told > earliestArrival && told < now + dayMs) {
      const found = await this.#inDays(callId, daysBack(told - dayMs, told + dayMs));
      if (found !== null) return found;
    }
    const days = daysBack(now - lookBackMs, now + dayMs);
    for (let from = 0; from < days.length; from += daysAtOnce) {
      const found = await this.#inDays(callId, days.slice(from, from + daysAtOnce));
      if (found !== null) return found;
    }
    return null;
  }

  async #inDays(callId: string, days: readonly number[]): Promise<FoundCall | null> {
    const shards = days.map((day) => shardKeysOfCall(callId, day));
    const { field, digest } = seenPlace(callId);
    const fields = await runAllOrFail(
      this.#redis,
      shards.map(
        ({ seen }): RedisCommand =>
          (to) =>
            to.hgetBuffer(seen, field),
      ),
    );
    for (const [at, shard] of shards.entries()) {
      const number = placeIn(fields[at], digest);
      if (number === null) continue;
      const times = await this.#redis.getrangeBuffer(shard.columns.times, 0, number * 4 + 3);
      if (times.length < number * 4 + 4) continue;
      const arrivedAt = shard.day + times.readUInt32BE(number * 4);
      const spot: CallSpot = { at: arrivedAt, shard, number, id: entryId(shard, times, number) };
      const outcome = await this.#search.at(spot);
      if (outcome?.callId === callId) return { spot, outcome };
    }
    return null;
  }

  /** Also finds calls of the first format by their call id: what has no columns is looked at whole. */
  async #bySipCallId(id: string): Promise<FoundCall | null> {
    const matches = ({ callId, facts }: FoundCall['outcome']) => facts.sipCallId === id || callId === id;
    const now = Date.now();
    const range = { since: now - lookBackMs, until: now + dayMs, after: null };
    const [found] = await this.#search.find({ ...range, tests: [sipTest(id)], matches }, 1);
    return found ?? null;
  }

  async #withAfterExits(found: readonly FoundCall[]): Promise<CallRecord[]> {
    const rows = await runAllOrFail(
      this.#redis,
      found.map(({ spot: { shard, number } }): RedisCommand => {
        const from = Math.max(0, number) * afterExitBytes;
        return (to) => to.getrangeBuffer(shard.afterExits, from, from + afterExitBytes - 1);
      }),
    );
    return found.map(({ spot, outcome }, at) => {
      const row = rows[at];
      const told = spot.number >= 0 && Buffer.isBuffer(row) ? row : null;
      return { outcome, afterExit: afterExitFrom(told) };
    });
  }
}

/** Place of a call in a field of the hash of seen calls; null when it is not there. */
function placeIn(calls: unknown, digest: Buffer): number | null {
  if (!Buffer.isBuffer(calls)) return null;
  for (let at = 0; at + seenBytes <= calls.length; at += seenBytes)
    if (calls.subarray(at, at + digest.length).equals(digest)) return calls.readUIntBE(at + digest.length, 3);
  return null;
}
