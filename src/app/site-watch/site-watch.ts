import { LatestOutcomes, type OutcomeObserver } from '../../call-store/latest-outcomes.ts';
import type { Log } from '../../log/log.ts';
import type { RedisClient } from '../../redis/redis-client.ts';
import { watcherKey } from '../../redis/redis-keys.ts';

/** A node that stops saying so has lost it after this. */
const usualLeaseMs = 10_000;
/** What a new watching node reads again. */
const readAgainMs = 3_600_000;
const mostReadAgain = 5000;

/** What is watched for in the calls of all nodes. */
export interface Watcher extends OutcomeObserver {
  /** Goes on from what the node before found; called before anything is seen. Rejects when Redis does. */
  resume(redis: RedisClient, now: number): Promise<void>;
  /** After everything up to `now` (epoch ms) was seen: writes what it found into Redis. Rejects when Redis does. */
  write(redis: RedisClient, now: number): Promise<void>;
}

export interface SiteWatchOptions {
  readonly redis: RedisClient;
  /** Of this process: another name after each start. */
  readonly id: string;
  /** New ones, with nothing seen, for a node that takes over. */
  readonly watchers: () => readonly Watcher[];
  readonly log: Log;
  readonly leaseMs?: number;
}

interface Watching {
  readonly outcomes: LatestOutcomes;
  readonly watchers: readonly Watcher[];
}

/** One node at a time watches over the calls of all: it holds a lease in Redis, and reads the last hour again when it takes over. */
export class SiteWatch {
  readonly #options: SiteWatchOptions;
  #watching: Watching | null = null;

  constructor(options: SiteWatchOptions) {
    this.#options = options;
  }

  /** True while this node watches. */
  get isWatching(): boolean {
    return this.#watching !== null;
  }

  /** One look at what is new; call it every second, one at a time. Rejects when Redis does. @param now epoch ms */
  async look(now: number): Promise<void> {
    const { redis, id, log, leaseMs = usualLeaseMs } = this.#options;
    if ((await redis.holdLease(watcherKey, id, String(leaseMs))) === 0) {
      if (this.#watching !== null) log.info('Another node watches over the calls of all now');
      this.#watching = null;
      return;
    }
    this.#watching ??= await this.#begin(now);
    const { outcomes, watchers } = this.#watching;
    await outcomes.poll(now, {
      see: (outcome) => {
        for (const one of watchers) one.see(outcome);
      },
      seeLater: (callId, afterExit) => {
        for (const one of watchers) one.seeLater?.(callId, afterExit);
      },
    });
    for (const one of watchers) await one.write(redis, now);
  }

  /** Another node may take over at once. */
  async giveBack(): Promise<void> {
    this.#watching = null;
    await this.#options.redis.holdLease(watcherKey, this.#options.id, '0');
  }

  async #begin(now: number): Promise<Watching> {
    const { redis, log } = this.#options;
    const watchers = this.#options.watchers();
    for (const one of watchers) await one.resume(redis, now);
    const outcomes = new LatestOutcomes({ redis, since: now - readAgainMs, mostBefore: mostReadAgain });
    log.info('This node watches over the calls of all');
    return { outcomes, watchers };
  }
}
