import type { Outcome } from '../screening/outcome.ts';
import { type Column, type ColumnTest, columnBytes } from './call-columns.ts';
import { type CallSpot, daysBack, orderOf, type SpotOrder } from './call-spot.ts';
import { NewestSpots, passing, type ShardColumns } from './day-columns.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import { type ShardKeys, shardKeysBetween } from './redis-keys.ts';
import { outcomeFrom } from './stored-outcome.ts';
import { StoredRecords } from './stored-records.ts';

/** So much is read at once, about; a day is never divided. */
const bytesAtOnce = 4_000_000;
const mostDaysAtOnce = 64;
const fewestSpots = 16;
const jsonPageSize = 500;

export interface Search {
  /** Epoch ms; until is excluded. */
  readonly since: number;
  readonly until: number;
  readonly after: SpotOrder | null;
  readonly tests: readonly ColumnTest[];
  /** What the columns cannot tell, because words of theirs are digests. */
  readonly matches: (outcome: Outcome) => boolean;
}

export interface FoundCall {
  readonly spot: CallSpot;
  readonly outcome: Outcome;
}

interface JsonCall {
  readonly spot: CallSpot;
  readonly outcome: Outcome;
}

interface Day {
  readonly shards: readonly ShardColumns[];
  readonly json: readonly JsonCall[];
}

/** Looks calls up by the columns, newest first. Rejects when Redis does. */
export class CallSearch {
  readonly #redis: RedisClient;
  readonly #records: StoredRecords;

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#records = new StoredRecords(redis);
  }

  /** The newest calls that match, at most `most`. */
  async find(search: Search, most: number): Promise<FoundCall[]> {
    const found: FoundCall[] = [];
    const { since, until, after } = search;
    const newest = Math.min(until - 1, after?.at ?? Number.POSITIVE_INFINITY);
    const days = daysBack(since, newest);
    for (let from = 0, count = 1; from < days.length && found.length < most; ) {
      const some = days.slice(from, from + count);
      from += count;
      const { read, bytes } = await this.#readDays(some, search.tests);
      for (const day of read) {
        await this.#findInDay(day, search, most, found);
        if (found.length >= most) break;
      }
      if (bytes * 2 < bytesAtOnce) count = Math.min(count * 2, mostDaysAtOnce);
      else if (bytes > bytesAtOnce) count = Math.max(1, Math.floor(count / 2));
    }
    return found.slice(0, most);
  }

  /** The outcome at a place that is known. Null: it is not there any more. */
  async at(spot: CallSpot): Promise<Outcome | null> {
    const json = (await this.#records.byId([spot])).get(`${spot.shard.records} ${spot.id}`);
    return json === undefined ? null : outcomeFrom(json);
  }

  async #findInDay(day: Day, search: Search, most: number, found: FoundCall[]): Promise<void> {
    let { after } = search;
    for (;;) {
      const wanted = Math.max(fewestSpots, most - found.length);
      const newest = new NewestSpots({ since: search.since, until: search.until, after, most: wanted });
      for (const columns of day.shards) {
        const times = columns.read.get('times');
        if (times !== undefined) newest.addShard(columns.shard, times, passing(columns, search.tests));
      }
      for (const { spot } of day.json) newest.add(spot);
      const spots = newest.found;
      found.push(...(await this.#matching(spots, day, search)));
      const last = spots.at(-1);
      if (found.length >= most || last === undefined || spots.length < wanted) return;
      after = orderOf(last);
    }
  }

  async #matching(spots: readonly CallSpot[], day: Day, { matches }: Search): Promise<FoundCall[]> {
    const json = await this.#records.byId(spots.filter(({ number }) => number >= 0));
    return spots.flatMap((spot) => {
      const record = json.get(`${spot.shard.records} ${spot.id}`);
      const outcome = record === undefined ? jsonOutcome(day, spot) : outcomeFrom(record);
      return outcome !== null && matches(outcome) ? [{ spot, outcome }] : [];
    });
  }

  /** What the tests need of these days, and the times of those shards where a call may match. */
  async #readDays(
    days: readonly number[],
    tests: readonly ColumnTest[],
  ): Promise<{ read: Day[]; bytes: number }> {
    const shards = days.map((day) => shardKeysBetween(day, day).flat());
    const tested = [...new Set(tests.map(({ column }) => column))];
    const all = shards.flat();
    const columns = await this.#readColumns(all, tested);
    const wanted = all.filter((shard) => {
      const own = { shard, read: columns.get(shard) ?? new Map() };
      return tests.length === 0 || passing(own, tests).length > 0;
    });
    for (const [shard, read] of await this.#readColumns(wanted, ['times']))
      columns.set(shard, new Map([...(columns.get(shard) ?? []), ...read]));
    const json = await this.#readJson(all);
    let bytes = 0;
    for (const read of columns.values()) for (const rows of read.values()) bytes += rows.length;
    const read = shards.map((ofDay) => ({
      shards: ofDay.map((shard) => ({ shard, read: columns.get(shard) ?? new Map() })),
      json: ofDay.flatMap((shard) => json.get(shard) ?? []),
    }));
    return { read, bytes };
  }

  async #readColumns(
    shards: readonly ShardKeys[],
    names: readonly Column[],
  ): Promise<Map<ShardKeys, Map<Column, Buffer>>> {
    const wanted = shards.flatMap((shard) => names.map((name) => ({ shard, name })));
    const gets = wanted.map(
      ({ shard, name }): RedisCommand =>
        (to) =>
          to.getBuffer(shard.columns[name]),
    );
    const replies = await runAllOrFail(this.#redis, gets);
    const read = new Map<ShardKeys, Map<Column, Buffer>>();
    for (const [at, { shard, name }] of wanted.entries()) {
      const rows = replies[at];
      const own = read.get(shard) ?? new Map<Column, Buffer>();
      read.set(shard, own);
      if (Buffer.isBuffer(rows))
        own.set(name, rows.subarray(0, rows.length - (rows.length % columnBytes[name])));
    }
    return read;
  }

  /** Calls of the first format: they have no columns, so all of them are looked at. There are none after their retention. */
  async #readJson(shards: readonly ShardKeys[]): Promise<Map<ShardKeys, JsonCall[]>> {
    const lengths = await runAllOrFail(
      this.#redis,
      shards.map(
        ({ jsonOutcomes }): RedisCommand =>
          (to) =>
            to.exists(jsonOutcomes),
      ),
    );
    const read = new Map<ShardKeys, JsonCall[]>();
    for (const [at, shard] of shards.entries()) {
      if (lengths[at] !== 1) continue;
      const calls: JsonCall[] = [];
      for (let from = '-'; ; ) {
        const page = await this.#records.page(shard, shard.jsonOutcomes, from, jsonPageSize);
        for (const { id, json } of page) {
          const outcome = json === null ? null : outcomeFrom(json);
          if (outcome === null) continue;
          calls.push({ spot: { at: outcome.facts.now, shard, number: -1 - calls.length, id }, outcome });
        }
        const last = page.at(-1);
        if (last === undefined || page.length < jsonPageSize) break;
        from = `(${last.id}`;
      }
      read.set(shard, calls);
    }
    return read;
  }
}

function jsonOutcome({ json }: Day, wanted: CallSpot): Outcome | null {
  const found = json.find(
    ({ spot }) => spot.number === wanted.number && spot.shard.shard === wanted.shard.shard,
  );
  return found?.outcome ?? null;
}
