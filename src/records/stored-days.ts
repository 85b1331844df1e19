import { setImmediate } from 'node:timers/promises';
import type { Outcome } from '../screening/outcome.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import { type ShardKeys, shardKeysBetween } from './redis-keys.ts';
import { outcomeFrom } from './stored-outcome.ts';
import type { StoredRecords } from './stored-records.ts';

const dayMs = 86_400_000;
const earliestArrival = Date.UTC(2020);
const daysAtOnce = 64;

/** So many records are unpacked in a few ms; then whoever else wants the process has a turn. */
export const recordsAtOnce = 100;

/** Epoch ms; until is excluded. */
export interface TimeRange {
  readonly since: number;
  readonly until: number;
}

/** Lets everything else that waits in this process go first. Rejects with the signal's reason once it is aborted. */
export function pauseOf(signal: AbortSignal | undefined): () => Promise<void> {
  return async () => {
    await setImmediate();
    signal?.throwIfAborted();
  };
}

/** The shards of each UTC day of the range in which calls are stored, days in order. Rejects when Redis does. */
export async function* storedDays(redis: RedisClient, range: TimeRange): AsyncGenerator<ShardKeys[]> {
  // No call can have arrived outside of these.
  const since = Math.max(range.since, earliestArrival);
  const until = Math.min(range.until - 1, Date.now() + dayMs);
  const days = since <= until ? shardKeysBetween(since, until) : [];
  for (let from = 0; from < days.length; from += daysAtOnce) {
    const some = days.slice(from, from + daysAtOnce);
    const shards = some.flat();
    const replies = await runAllOrFail(
      redis,
      shards.map(
        ({ records, jsonOutcomes }): RedisCommand =>
          (to) =>
            to.exists(records, jsonOutcomes),
      ),
    );
    const stored = new Set(shards.filter((_, at) => Number(replies[at]) > 0));
    for (const day of some) {
      const ofDay = day.filter((shard) => stored.has(shard));
      if (ofDay.length > 0) yield ofDay;
    }
  }
}

/** Every outcome of a stream whose call arrived in the range, each read and decoded: for what has no columns. */
export async function* outcomesOfStream(
  records: StoredRecords,
  { shard, key }: { readonly shard: ShardKeys; readonly key: string },
  { since, until }: TimeRange,
  pause: () => Promise<void>,
): AsyncGenerator<Outcome> {
  // No entry's time is below its call's arrival (scripts/record-outcome.ts).
  for (let from = String(Math.max(0, Math.floor(since))); ; ) {
    const page = await records.page(shard, key, from, recordsAtOnce);
    for (const { json } of page) {
      const outcome = json === null ? null : outcomeFrom(json);
      if (outcome !== null && outcome.facts.now >= since && outcome.facts.now < until) yield outcome;
    }
    const last = page.at(-1);
    if (last === undefined || page.length < recordsAtOnce) return;
    from = `(${last.id}`;
    await pause();
  }
}
