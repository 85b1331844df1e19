import type { CallStore, Transition, WriteResult } from '../call/change.ts';
import type { Log } from '../log/log.ts';

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;
// Rows that were set aside become ready again without a call.
const idleMs = 60_000;
/** After a small batch: a few more cost hardly more than one (a query, a round trip, a commit). */
const gatherMs = 20;
const repeatedLogMs = 60_000;
const busyBatchSize = 25;
const busyPauseMs = 200;

/** What the drain needs of the outbox. */
export interface DrainedOutbox {
  pending(limit: number): readonly Transition[];
  backlog(): number;
  markSent(ids: readonly number[]): void;
  refuse(id: number, reason: string): void;
  onReady(listener: () => void): void;
  /** Makes what the store acknowledged recently pending again. */
  sendAgain(): void;
}

export interface OutboxDrainOptions {
  readonly outbox: DrainedOutbox;
  readonly store: CallStore;
  readonly log: Log;
  /** Transitions in one pipeline. 200 by default. */
  readonly batchSize?: number;
  /** True while calls wait for a decision: batches are small, since what is on disk can wait. */
  readonly isBusy?: () => boolean;
}

/** Moves what is ready from the outbox to the store, in order, retrying forever. */
export class OutboxDrain {
  readonly #options: Required<OutboxDrainOptions>;
  #loop: Promise<void> | null = null;
  #closed = false;
  /** Set while the loop sleeps. */
  #sleeper: { readonly why: 'empty' | 'failing' | 'gathering'; readonly end: () => void } | null = null;
  /** What would have woken the loop while it was running: the next sleep is skipped. */
  #missed: 'empty' | 'failing' | null = null;
  #whenEmpty: (() => void)[] = [];
  /** How many times another store may have taken over. */
  #changes = 0;
  /** Since the last of them: whether rows that belong to an outcome were refused for lack of it; null: settled. */
  #lacked: boolean | null = null;
  #backoffMs = firstBackoffMs;
  /** As many as the store answers in time. */
  #batchSize: number;
  #retryLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: OutboxDrainOptions) {
    this.#options = { batchSize: 200, isBusy: () => false, ...options };
    this.#batchSize = this.#options.batchSize;
  }

  start(): void {
    if (this.#loop !== null) return;
    this.#options.outbox.onReady(() => this.#wake('empty'));
    this.#options.store.onAvailable(() => {
      this.#changes++;
      this.#lacked = false;
      this.#options.outbox.sendAgain();
      this.#wake('failing');
    });
    this.#loop = this.#run();
  }

  /** How many transitions are left to move. */
  backlog(): number {
    return this.#options.outbox.backlog();
  }

  /** Moves what is there, for at most `deadlineMs`. Resolves with how many transitions are left in the outbox. */
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

  /** Stops after the current batch, which the store's deadline ends. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake('failing');
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      this.#missed = null;
      const step = await this.#step();
      if (this.#closed) continue;
      if (step !== 'empty' && step !== 'failing') {
        const isFlushed = this.#whenEmpty.length > 0;
        if (this.#options.isBusy() && !isFlushed) await this.#sleep('failing', busyPauseMs);
        else if (step === 'moved-few' && !isFlushed) await this.#sleep('gathering', gatherMs);
        continue;
      }
      if (step === 'empty') {
        if (this.#sendsWhatLacked()) continue;
        // A flush waits for what came in meanwhile, too.
        if (this.#missed !== null) continue;
        for (const resolve of this.#whenEmpty.splice(0)) resolve();
        await this.#sleep('empty', idleMs);
      } else {
        await this.#sleep('failing', this.#backoffMs * (0.75 + Math.random() / 2));
        this.#backoffMs = Math.min(this.#backoffMs * 2, longestBackoffMs);
      }
    }
  }

  /** They came before their outcome, which the former store had acknowledged: it is there now that all is sent again. */
  #sendsWhatLacked(): boolean {
    const lacked = this.#lacked === true;
    this.#lacked = null;
    if (lacked) this.#options.outbox.sendAgain();
    return lacked;
  }

  /** One batch. Never rejects: a defect here must not end the draining. */
  async #step(): Promise<'moved' | 'moved-few' | 'empty' | 'failing'> {
    try {
      const { outbox, isBusy } = this.#options;
      const batch = outbox.pending(isBusy() ? Math.min(this.#batchSize, busyBatchSize) : this.#batchSize);
      if (batch.length === 0) return 'empty';
      const changes = this.#changes;
      const results = await this.#options.store.write(batch);
      // The former store may have acknowledged a part: all of it is sent again.
      const step = changes === this.#changes ? this.#settle(batch, results) : 'moved';
      return step === 'moved' && batch.length < this.#options.batchSize / 4 ? 'moved-few' : step;
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
      // These refer to a call whose outcome is elsewhere: no call is lost.
      const belongs = kind === 'after-exit' || kind === 'real-exit';
      if (belongs && this.#lacked !== null) this.#lacked = true;
      log[belongs ? 'warn' : 'error']('Redis refused a record: set aside', {
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
    // A slow store takes small batches and misses the next larger one: not worth a line each time.
    if (this.#batchSize < this.#options.batchSize) return 'moved';
    if (this.#retryLoggedAt > Number.NEGATIVE_INFINITY)
      log.info('Outcomes are moving to Redis again', { backlog: this.backlog() });
    this.#retryLoggedAt = Number.NEGATIVE_INFINITY;
    return 'moved';
  }

  /** A slow store is still working on what it did not answer: the same amount again would never be answered in time. */
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
    this.#options.log.warn('Outcomes are waiting in the outbox', { reason, backlog: this.backlog() });
  }

  #sleep(why: 'empty' | 'failing' | 'gathering', ms: number): Promise<void> {
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
