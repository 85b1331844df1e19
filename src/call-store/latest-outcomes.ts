import type { AfterExit, Outcome } from '../call/outcome.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../redis/redis-client.ts';
import { shardKeysBetween } from '../redis/redis-keys.ts';
import { readEntry, type StreamEntry } from './stored-entry.ts';

const dayMs = 86_400_000;
const entriesAtOnce = 500;

export interface LatestOutcomesOptions {
  readonly redis: RedisClient;
  /** Arrival from which calls are wanted, epoch ms. */
  readonly since: number;
  /** Of those that are there already, at most so many of each stream, the newest. */
  readonly mostBefore: number;
}

/** What `poll` hands over. */
export interface OutcomeObserver {
  see(outcome: Outcome): void;
  /** What became known of a call later. */
  seeLater?(callId: string, afterExit: AfterExit): void;
}

/** Follows the records of all nodes, each entry once, those of a stream in their order. */
export class LatestOutcomes {
  readonly #options: LatestOutcomesOptions;
  /** Stream → id of the entry that was read last, or from which to read. */
  readonly #places = new Map<string, string>();

  constructor(options: LatestOutcomesOptions) {
    this.#options = options;
  }

  /** Hands over what is new until there is no more. Rejects when Redis does; then nothing is handed over twice. */
  async poll(now: number, to: OutcomeObserver): Promise<void> {
    const days = shardKeysBetween(Math.max(0, Math.min(this.#options.since, now - dayMs)), now + dayMs);
    const streams = days.flat().map(({ records }) => records);
    for (const stream of this.#places.keys()) if (!streams.includes(stream)) this.#places.delete(stream);
    const isFirst = this.#places.size === 0;
    if (isFirst) await this.#begin(streams, to);
    let unread = streams;
    while (unread.length > 0) {
      const replies = await this.#read(
        unread.map((stream): RedisCommand => {
          const place = this.#places.get(stream);
          const from = place === undefined ? String(this.#options.since) : `(${place}`;
          return (redis) => redis.xrangeBuffer(stream, from, '+', 'COUNT', entriesAtOnce);
        }),
      );
      for (const [at, stream] of unread.entries()) this.#take(stream, replies[at] ?? [], to);
      unread = unread.filter((_, at) => (replies[at]?.length ?? 0) === entriesAtOnce);
    }
  }

  /** The newest of those that are there. */
  async #begin(streams: readonly string[], to: OutcomeObserver): Promise<void> {
    const { since, mostBefore } = this.#options;
    const replies = await this.#read(
      streams.map(
        (stream): RedisCommand =>
          (redis) =>
            redis.xrevrangeBuffer(stream, '+', String(since), 'COUNT', mostBefore),
      ),
    );
    for (const [at, stream] of streams.entries()) {
      this.#places.set(stream, `${since}-0`);
      this.#take(stream, (replies[at] ?? []).toReversed(), to);
    }
  }

  async #read(commands: readonly RedisCommand[]): Promise<StreamEntry[][]> {
    return (await runAllOrFail(this.#options.redis, commands)) as StreamEntry[][];
  }

  #take(stream: string, entries: readonly StreamEntry[], to: OutcomeObserver): void {
    for (const [id, fields] of entries) {
      this.#places.set(stream, String(id));
      const entry = readEntry(fields);
      if (entry?.kind === 'call') to.see(entry.outcome);
      if (entry?.kind === 'after-exit') to.seeLater?.(entry.callId, entry.afterExit);
    }
  }
}
