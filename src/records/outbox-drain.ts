import type { ScreeningLog } from '../screening/ports.ts';
import type { CallStore, WriteResult } from './call-store.ts';
import type { Transition } from './transition.ts';

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;
// Rows that were set aside become ready again without a call; nothing else needs the look.
const idleLookMs = 60_000;
const repeatedLogMs = 60_000;

/** The outbox, as the drain sees it. */
export interface DrainedOutbox {
  pending(limit: number): readonly Transition[];
  backlog(): number;
  markSent(ids: readonly number[]): void;
  refuse(id: number, reason: string): void;
  onReady(listener: () => void): void;
  /** What the store acknowledged lately is pending again. */
  sendAgain(): void;
}

export interface OutboxDrainOptions {
  readonly outbox: DrainedOutbox;
  readonly store: CallStore;
  readonly log: ScreeningLog;
  /** Transitions in one pipeline. 200 by default. */
  readonly batchSize?: number;
}

/** Moves what is ready from the outbox to the store, in order, for as long as it takes. */
export class OutboxDrain {
  readonly #options: Required<OutboxDrainOptions>;
  #loop: Promise<void> | null = null;
  #closed = false;
  /** Set while the loop sleeps. `new-outcome` ends only the sleep of an empty outbox, not that of a failing store. */
  #sleeper: { readonly why: 'empty' | 'failing'; readonly end: () => void } | null = null;
  /** What would have woken the loop while it was at work, so that the next sleep is skipped. */
  #missed: 'empty' | 'failing' | null = null;
  #whenEmpty: (() => void)[] = [];
  /** How often another store may have taken over. */
  #changes = 0;
  #backoffMs = firstBackoffMs;
  /** As many as the store answers for in time. */
  #batchSize: number;
  #retryLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OutboxDrainOptions) {
    this.#options = { batchSize: 200, ...options };
    this.#batchSize = this.#options.batchSize;
  }

  start(): void {
    if (this.#loop !== null) return;
    this.#options.outbox.onReady(() => this.#wake('empty'));
    this.#options.store.onAvailable(() => {
      this.#changes++;
      this.#options.outbox.sendAgain();
      this.#wake('failing');
    });
    this.#loop = this.#run();
  }

  /** How many transitions are still to be moved. */
  backlog(): number {
    return this.#options.outbox.backlog();
  }

  /** Moves what there is now, at most for `deadlineMs`. How many transitions are left: they stay in the outbox. */
  async flush(deadlineMs: number): Promise<number> {
    if (this.backlog() === 0 || this.#closed || this.#loop === null) return this.backlog();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.#whenEmpty.push(resolve);
    this.#wake('failing');
    await promise;
    clearTimeout(timer);
    return this.backlog();
  }

  /** Stops after the batch in hand, which the store's deadline ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake('failing');
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#missed = null;
      const step = await this.#step();
      if (this.#closed || step === 'moved') continue;
      if (step === 'empty') {
        for (const tell of this.#whenEmpty.splice(0)) tell();
        await this.#sleep('empty', idleLookMs);
      } else {
        await this.#sleep('failing', this.#backoffMs * (0.75 + Math.random() / 2));
        this.#backoffMs = Math.min(this.#backoffMs * 2, longestBackoffMs);
      }
    }
  }

  /** One batch. Never rejects: a defect here must not end the draining. */
  async #step(): Promise<'moved' | 'empty' | 'failing'> {
    try {
      const batch = this.#options.outbox.pending(this.#batchSize);
      if (batch.length === 0) return 'empty';
      const changes = this.#changes;
      const results = await this.#options.store.write(batch);
      // A part may have been acknowledged by the one before: all of it is sent again.
      return changes === this.#changes ? this.#settle(batch, results) : 'moved';
    } catch (error) {
      this.#logRetry(String(error));
      return 'failing';
    }
  }

  #settle(batch: readonly Transition[], results: readonly WriteResult[]): 'moved' | 'failing' {
    const { outbox, log } = this.#options;
    const sent = batch.filter((_, at) => results[at]?.state === 'written');
    outbox.markSent(sent.map((transition) => transition.id));
    this.#fitBatch(sent.length, results);
    let retryReason: string | null = null;
    for (const [at, { id, callId, kind }] of batch.entries()) {
      const result = results[at] ?? { state: 'retry', reason: 'no result' };
      if (result.state === 'retry') retryReason ??= result.reason;
      if (result.state !== 'refused') continue;
      outbox.refuse(id, result.reason);
      // A call whose outcome was never told here; the call itself is not lost by that.
      const level = kind === 'after-exit' ? 'warn' : 'error';
      log[level]('Redis refuses a record: set aside', {
        code: 'record-refused',
        callId,
        kind,
        reason: result.reason,
      });
    }
    if (retryReason !== null) {
      this.#logRetry(retryReason);
      return 'failing';
    }
    this.#backoffMs = firstBackoffMs;
    // A slow store takes small batches and misses the next larger one: that is no news each time.
    if (this.#batchSize < this.#options.batchSize) return 'moved';
    if (this.#retryLoggedAt > Number.NEGATIVE_INFINITY)
      log.info('outcomes are moving to Redis again', { backlog: this.backlog() });
    this.#retryLoggedAt = Number.NEGATIVE_INFINITY;
    return 'moved';
  }

  /** What a slow store had no time for is still on its way there: as much again behind it would never be answered in time. */
  #fitBatch(written: number, results: readonly WriteResult[]): void {
    const isLate = results.some((result) => result.state === 'retry' && result.isLate);
    const { batchSize } = this.#options;
    if (!isLate) this.#batchSize = Math.min(batchSize, this.#batchSize * 2);
    else this.#batchSize = Math.max(1, Math.floor((written > 0 ? written : this.#batchSize) / 2));
    if (isLate && written > 0) this.#backoffMs = firstBackoffMs;
  }

  #logRetry(reason: string): void {
    if (performance.now() - this.#retryLoggedAt < repeatedLogMs) return;
    this.#retryLoggedAt = performance.now();
    this.#options.log.warn('outcomes wait in the outbox', { reason, backlog: this.backlog() });
  }

  #sleep(why: 'empty' | 'failing', ms: number): Promise<void> {
    if (this.#missed === 'failing' || (this.#missed === 'empty' && why === 'empty')) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#sleeper?.end(), ms);
      const end = () => {
        clearTimeout(timer);
        this.#sleeper = null;
        resolve();
      };
      this.#sleeper = { why, end };
    });
  }

  /** `empty` wakes an idle loop only; `failing` wakes it in any case. */
  #wake(why: 'empty' | 'failing'): void {
    if (this.#sleeper === null) {
      if (this.#missed !== 'failing') this.#missed = why;
    } else if (why === 'failing' || this.#sleeper.why === 'empty') {
      this.#sleeper.end();
    }
  }
}
