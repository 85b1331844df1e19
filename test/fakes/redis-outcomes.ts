import type { Outcome } from '../../src/call/outcome.ts';
import { outcomeFrom } from '../../src/call-store/stored-entry.ts';
import { StoredRecords } from '../../src/call-store/stored-records.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { type ShardKeys, shardKeysBetween } from '../../src/redis/redis-keys.ts';

const pageSize = 500;
const dayMs = 86_400_000;
const earliestArrival = Date.UTC(2020);

interface StoredOutcome {
  /** Time and sequence of the stream entry. */
  readonly ms: number;
  readonly seq: number;
  readonly outcome: Outcome;
}

/** Reads the outcomes back, all of them: what is read by columns and counts is held to this. */
export class RedisOutcomes {
  readonly #records: StoredRecords;

  constructor(redis: RedisClient) {
    this.#records = new StoredRecords(redis);
  }

  /**
   * The outcomes of the calls that arrived from `since` (epoch ms) and before `until` (now when left out), about in
   * the order in which they were stored, day by day. An entry that is not an outcome is skipped. Rejects when Redis does.
   */
  async *between(since: number, until: number = Date.now()): AsyncGenerator<Outcome> {
    // No call can have arrived outside of these, and every day more is a round trip.
    const from = Math.max(since, earliestArrival);
    const to = Math.min(until - 1, Date.now() + dayMs);
    for (const day of shardKeysBetween(from, to)) {
      const streams = day.flatMap((shard) => [this.#stream(shard, from)]);
      for await (const { outcome } of merged(streams)) {
        const arrivedAt = outcome.facts.now;
        if (arrivedAt >= since && arrivedAt < until) yield outcome;
      }
    }
  }

  async *#stream(shard: ShardKeys, since: number): AsyncGenerator<StoredOutcome> {
    // No entry's time is below its call's arrival (record-outcome.lua), so nothing before `since` is wanted.
    let from = String(Math.floor(since));
    for (;;) {
      const page = await this.#records.page(shard, from, pageSize);
      for (const { id, json } of page) {
        const outcome = json === null ? null : outcomeFrom(json);
        const [ms = 0, seq = 0] = id.split('-').map(Number);
        if (outcome !== null) yield { ms, seq, outcome };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      from = `(${last.id}`;
    }
  }
}

/** Merges ordered sources into one ordered sequence. */
async function* merged(sources: readonly AsyncGenerator<StoredOutcome>[]): AsyncGenerator<StoredOutcome> {
  const heads = await Promise.all(sources.map(async (source) => ({ source, head: await source.next() })));
  for (;;) {
    let first: (typeof heads)[number] | null = null;
    for (const candidate of heads) {
      if (candidate.head.done) continue;
      if (first === null || first.head.done || isBefore(candidate.head.value, first.head.value))
        first = candidate;
    }
    if (first === null || first.head.done) return;
    yield first.head.value;
    first.head = await first.source.next();
  }
}

function isBefore(a: StoredOutcome, b: StoredOutcome): boolean {
  return a.ms < b.ms || (a.ms === b.ms && a.seq < b.seq);
}
