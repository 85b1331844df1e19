import type { Log } from '../log/log.ts';
import type { Outage, OutageLog } from './outages.ts';
import type { RedisClient } from './redis-client.ts';
import { refusalOf, stillLoading, type WriteRefusal, writeRefusal } from './write-refusal.ts';

const everyMs = 1_000;
/** When this process itself stood still, an answer that is late says nothing of Redis. */
const ownPauseMs = 1_500;
/** Connected and not ready for so many seconds: it is loading its data; every other wait has a shorter deadline. */
const loadingTicks = 5;

export interface RedisPulseOptions {
  readonly redis: RedisClient;
  readonly outages: OutageLog;
  /** Calls that wait for Redis. */
  readonly waiting: () => number;
  readonly log: Log;
}

/**
 * Asks each second whether Redis takes records, so that one that is frozen, or was demoted, is noticed without a call. It is away
 * since the last moment in which it was known to take them.
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
  #refusal: WriteRefusal | null = null;
  #ticksConnected = 0;

  constructor(options: RedisPulseOptions) {
    this.#options = options;
    this.#isUp = options.redis.status === 'ready';
    const ongoing = options.outages.ongoing();
    if (ongoing !== null) this.#since = ongoing.from;
    options.redis.on('ready', () => void this.#ask());
    options.redis.on('close', () => this.#isAway());
    // Whom Redis does not let in learns why here; what is no answer of Redis says nothing of its reasons.
    options.redis.on('error', (error) => this.#isRefused(refusalOf(error)));
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

  /**
   * `state` in the connection's own word; `refusing` while Redis takes no records, `unresponsive` while the connection is open and
   * nothing answers. `since`: epoch ms.
   */
  health(): { readonly up: boolean; readonly state: string; readonly since: number } {
    const { status } = this.#options.redis;
    const isUp = this.#isUp && status === 'ready';
    const open = this.#isUp || status !== 'ready' ? status : 'unresponsive';
    return { up: isUp, state: this.#refusal === null ? open : 'refusing', since: this.#since };
  }

  /** Why Redis takes no records although it answers; null: it takes them, or does not answer. */
  refusal(): WriteRefusal | null {
    return this.#refusal;
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
    this.#ticksConnected = this.#options.redis.status === 'connect' ? this.#ticksConnected + 1 : 0;
    if (this.#ticksConnected > loadingTicks) this.#isRefused(stillLoading);
    if (!isLate) void this.#ask();
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const askedAt = Date.now();
    const asked = performance.now();
    try {
      // The question has the connection's own deadline.
      const refusal = await writeRefusal(this.#options.redis);
      this.#isRefused(refusal);
      if (refusal === null) this.#answers(askedAt);
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
      this.#options.log.info('Redis takes records again', {
        from: new Date(ended.from).toISOString(),
        seconds: Math.round((askedAt - ended.from) / 1000),
        waiting: ended.waiting,
      });
  }

  #isRefused(refusal: WriteRefusal | null): void {
    const { code: before } = this.#refusal ?? {};
    this.#refusal = this.#isClosed ? null : refusal;
    if (this.#refusal === null) return;
    const { code, message, remedy } = this.#refusal;
    if (code !== before) this.#options.log.error(message, { code, remedy });
    this.#goesAway();
  }

  #isAway(): void {
    if (this.#goesAway() && this.#refusal === null)
      this.#options.log.warn('Redis does not answer: outcomes wait in the outbox', {
        code: 'redis-unresponsive',
        since: new Date(this.#since).toISOString(),
      });
  }

  /** True: it was not away before. */
  #goesAway(): boolean {
    // Our own connection, closed by us.
    if (this.#isClosed) return false;
    if (!this.#isUp && this.#options.outages.ongoing() !== null) return false;
    const from = this.#answeredAt ?? this.#since;
    const wasUp = this.#isUp;
    this.#isUp = false;
    this.#since = from;
    this.#options.outages.begin(from, this.#options.waiting());
    return wasUp;
  }
}
