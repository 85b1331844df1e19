import type { Log } from '../log/log.ts';
import type { Outage, OutageLog } from './outages.ts';
import { mastersOf, type RedisClient } from './redis-client.ts';

const everyMs = 1_000;
/** When this process itself stood still, an answer that is late says nothing of Redis. */
const ownPauseMs = 1_500;

export interface RedisPulseOptions {
  readonly redis: RedisClient;
  readonly outages: OutageLog;
  /** Calls that wait for Redis. */
  readonly waiting: () => number;
  readonly log: Log;
}

/**
 * Asks every master each second whether it answers, so that a frozen Redis is noticed without a call. It is away since the
 * last moment in which it was known to answer.
 */
export class RedisPulse {
  readonly #options: RedisPulseOptions;
  #timer: NodeJS.Timeout | null = null;
  #isUp: boolean;
  /** Epoch ms. */
  #since = Date.now();
  /** Epoch ms at which the last question that was answered was asked; null: none was yet. */
  #answeredAt: number | null = null;
  #tickAt = performance.now();
  #isAsking = false;
  #isClosed = false;

  constructor(options: RedisPulseOptions) {
    this.#options = options;
    this.#isUp = options.redis.status === 'ready';
    const ongoing = options.outages.ongoing();
    if (ongoing !== null) this.#since = ongoing.from;
    options.redis.on('ready', () => void this.#ask());
    options.redis.on('close', () => this.#isAway());
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), everyMs).unref();
    void this.#ask();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** `state` in the connection's own word, `unresponsive` while it is open and nothing answers; `since`: epoch ms. */
  health(): { readonly up: boolean; readonly state: string; readonly since: number } {
    const { status } = this.#options.redis;
    const state = this.#isUp || status !== 'ready' ? status : 'unresponsive';
    return { up: this.#isUp && status === 'ready', state, since: this.#since };
  }

  /** Newest first. */
  outages(): readonly Outage[] {
    return this.#options.outages.all();
  }

  #tick(): void {
    const now = performance.now();
    const isLate = now - this.#tickAt > everyMs + ownPauseMs;
    this.#tickAt = now;
    if (!this.#isUp) this.#options.outages.goesOn(this.#options.waiting());
    if (!isLate) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const askedAt = Date.now();
    const asked = performance.now();
    try {
      // Each question has the connection's own deadline.
      const masters = mastersOf(this.#options.redis);
      await Promise.all(masters.map((server) => server.ping()));
      // A Cluster that is away as a whole has none.
      if (masters.length === 0) throw new Error('no master is known');
      this.#answers(askedAt);
    } catch {
      if (performance.now() - Math.max(asked, this.#tickAt) < everyMs + ownPauseMs) this.#isAway();
    } finally {
      this.#isAsking = false;
    }
  }

  #answers(askedAt: number): void {
    this.#answeredAt = askedAt;
    const ended = this.#options.outages.end(askedAt, this.#options.waiting());
    if (this.#isUp) return;
    this.#isUp = true;
    this.#since = askedAt;
    if (ended !== null)
      this.#options.log.info('Redis answers again', {
        from: new Date(ended.from).toISOString(),
        seconds: Math.round((askedAt - ended.from) / 1000),
        waiting: ended.waiting,
      });
  }

  #isAway(): void {
    // Our own connection, closed by us.
    if (this.#isClosed) return;
    if (!this.#isUp && this.#options.outages.ongoing() !== null) return;
    const from = this.#answeredAt ?? this.#since;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#since = from;
    this.#options.outages.begin(from, this.#options.waiting());
    if (wasUp)
      this.#options.log.warn('Redis does not answer: outcomes wait in the outbox', {
        code: 'redis-unresponsive',
        since: new Date(from).toISOString(),
      });
  }
}
