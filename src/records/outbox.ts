import { randomUUID } from 'node:crypto';
import type { CallFacts } from '../policy/facts.ts';
import type { Outcome } from '../screening/outcome.ts';
import type { AfterExit, AfterExitLog, OutcomeLog, ScreeningLog } from '../screening/ports.ts';
import { type CallerNames, plainNames } from './caller-names.ts';
import { HeldCalls } from './held-calls.ts';
import { isDamage, isSqliteError, openOutboxFile } from './open-outbox-file.ts';
import type { OutboxFile } from './outbox-file.ts';
import { changesOf, type StoredChange, type Transition } from './transition.ts';

const diskRetryMs = 1_000;
const repeatedLogMs = 60_000;
const housekeepingMs = 3_600_000;
const forgetSentEveryMs = 1_000;
const unmarkedAtOnce = 500;
/** Calls that waited in memory go to disk so many at a time: some ms. */
const releasedAtOnce = 100;
const nextReleaseMs = 20;

export interface OutboxOptions {
  /** Of the SQLite file; its folder is made. */
  readonly path: string;
  readonly log: ScreeningLog;
  /** How long the id of a sent call is remembered, so that a repeated end is known as one. 7 days by default. */
  readonly keepIdsForMs?: number;
  /**
   * How long what Redis has acknowledged is kept, to be sent again when another Redis takes over that may not have it.
   * Longer than a failover takes. 2 minutes by default.
   */
  readonly keepSentForMs?: number;
  /** How long a locked file may hold up the event loop. 250 ms by default. */
  readonly busyTimeoutMs?: number;
  /** How callers are called in the file. By their numbers by default. */
  readonly names?: CallerNames;
}

/**
 * Every call's way from "it came in" to "Redis has its outcome", on disk. No method throws: what the disk does not take
 * is kept in memory, sent from there, and written when the disk is well again.
 */
export class Outbox implements OutcomeLog, AfterExitLog {
  readonly #options: Required<OutboxOptions>;
  readonly #run = randomUUID();
  readonly #held = new HeldCalls();
  /** What became of rows in Redis while the disk took no mark of it: null for acknowledged, else why it was refused. */
  readonly #unmarked = new Map<number, string | null>();
  /** Rows that Redis has acknowledged, and that are to be sent again: a batch at a time, so that no call has to wait. */
  #toSendAgain: number[] = [];
  #file: OutboxFile | null = null;
  #listener: () => void = () => {};
  #failedAt: number | null = null;
  #failureLoggedAt = 0;
  #housekeptAt = Number.NEGATIVE_INFINITY;
  #sentForgottenAt = Number.NEGATIVE_INFINITY;
  #retryTimer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: OutboxOptions) {
    this.#options = {
      keepIdsForMs: 7 * 86_400_000,
      keepSentForMs: 120_000,
      busyTimeoutMs: 250,
      names: plainNames,
      ...options,
    };
    this.#onDisk(() => {});
  }

  /** `adopted` is the session's to record: the row is the same for a call that was found as for one that came. */
  begin(facts: CallFacts, _adopted: boolean): void {
    const stored = this.#options.names.facts(facts);
    if (!this.#onDisk((file) => file.begin(stored))) this.#held.begin(stored);
  }

  end(outcome: Outcome, passForMs: number): void {
    const changes = this.#changesOf(outcome, passForMs);
    if (changes === null) return;
    const { callId, facts } = outcome;
    // Of what waits in memory for its turn on disk the first end stands, too.
    const isHeld = this.#held.isEnded(callId);
    if (!this.#onDisk((file) => isHeld || file.end(callId, facts.now, changes, Date.now())))
      this.#held.end(callId, facts.now, changes);
    this.#housekeep();
    this.#listener();
  }

  /** The later life of a call that has ended; what is told twice, or of a call that is not known, is ignored. */
  ended(callId: string, afterExit: AfterExit): void {
    const change = (arrivedAt: number): StoredChange => ({
      kind: 'after-exit',
      body: JSON.stringify({ afterExit, arrivedAt }),
    });
    if (!this.#held.follow(callId, change)) this.#onDisk((file) => file.follow(callId, change));
    this.#listener();
  }

  /** Calls `listener` whenever there may be something new to send. One listener: the drain. */
  onReady(listener: () => void): void {
    this.#listener = listener;
  }

  /** Facts of the calls that former processes left open, for reconcile. Empty while the file cannot be read. */
  openCalls(): CallFacts[] {
    return this.#read([], (file) => file.openCalls().filter((facts) => !this.#held.isEnded(facts.callId)));
  }

  /** True when the call's end is on disk: only then may its bypass note be deleted. */
  isKept(callId: string): boolean {
    return this.#read(false, (file) => file.isEnded(callId));
  }

  /** True while this process has the call in hand. */
  isOpenInThisRun(callId: string): boolean {
    if (this.#held.isEnded(callId)) return false;
    return this.#held.isOpen(callId) || this.#read(false, (file) => file.isOpenInThisRun(callId));
  }

  /** What is to be sent, oldest first, at most `limit`. */
  pending(limit = 200): Transition[] {
    this.#forgetSent();
    this.#unmarkSent(limit);
    const onDisk = this.#read<Transition[]>([], (file) => file.pending(limit, this.#unmarked));
    return onDisk.length >= limit ? onDisk : [...onDisk, ...this.#held.pending(limit - onDisk.length)];
  }

  /** How many transitions wait to be sent; those set aside are not among them. */
  backlog(): number {
    const onDisk = this.#read(0, (file) => file.readyCount()) - this.#unmarked.size;
    return Math.max(0, onDisk) + this.#toSendAgain.length + this.#held.readyCount();
  }

  /** How many calls' outcomes are among them. */
  waitingOutcomes(): number {
    return this.#read(0, (file) => file.readyOutcomes()) + this.#held.readyCount('outcome');
  }

  /** Redis has these. When that cannot be written it is kept in mind, or the same rows would be sent for ever. */
  markSent(ids: readonly number[]): void {
    this.#held.markSent(new Set(ids));
    const onDisk = ids.filter((id) => id > 0);
    if (onDisk.length > 0 && !this.#onDisk((file) => file.markSent(onDisk, Date.now())))
      for (const id of onDisk) this.#unmarked.set(id, null);
  }

  /** Another Redis may have taken over: what was acknowledged lately is sent again, which changes nothing where it is. */
  sendAgain(): void {
    for (const [id, refusal] of this.#unmarked) if (refusal === null) this.#unmarked.delete(id);
    const since = Date.now() - this.#options.keepSentForMs;
    // Read, not written: it must not be missed because the disk takes nothing just now.
    this.#toSendAgain = this.#read(this.#toSendAgain, (file) => file.sentSince(since));
    // What was refused for want of something that is only now sent again.
    this.#onDisk((file) => file.retryRefused());
  }

  /** Sets a transition aside that Redis refuses. It is tried again within the hour, and by the next process. */
  refuse(id: number, reason: string): void {
    if (id < 0) this.#held.refuse(id);
    else if (!this.#onDisk((file) => file.refuse(id, reason))) this.#unmarked.set(id, reason);
  }

  close(): void {
    while (this.#onDisk(() => {}) && !this.#held.isEmpty);
    this.#closed = true;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    try {
      this.#file?.close();
    } catch (error) {
      this.#options.log.error('outbox file could not be closed', { error: String(error) });
    }
    this.#file = null;
  }

  /** Runs `write` on the file. False when the disk does not take it; then the caller keeps it in memory. */
  #onDisk(write: (file: OutboxFile) => unknown): boolean {
    if (this.#closed || (this.#failedAt !== null && performance.now() - this.#failedAt < diskRetryMs))
      return false;
    try {
      this.#file ??= this.#open();
      this.#releaseHeld(this.#file);
      this.#markUnmarked(this.#file);
      write(this.#file);
      if (this.#failedAt !== null) this.#options.log.info('outbox file takes writes again');
      this.#failedAt = null;
      if (!this.#held.isEmpty) this.#tryAgainIn(nextReleaseMs);
      return true;
    } catch (error) {
      this.#writeFailed(error);
      return false;
    }
  }

  #changesOf(outcome: Outcome, passForMs: number): readonly StoredChange[] | null {
    try {
      return changesOf(outcome, passForMs, this.#options.names);
    } catch (error) {
      const { callId } = outcome;
      this.#options.log.error('outcome cannot be written as JSON', { callId, error: String(error) });
      return null;
    }
  }

  #open(): OutboxFile {
    return openOutboxFile(this.#options.path, this.#run, this.#options.busyTimeoutMs, this.#options.log);
  }

  #releaseHeld(file: OutboxFile): void {
    if (this.#held.isEmpty) return;
    this.#held.release(releasedAtOnce, (callId, call) => {
      try {
        if (call.facts !== null) file.begin(call.facts);
        if (call.ended) file.end(callId, call.arrivedAt, call.unsent, Date.now());
      } catch (error) {
        if (isSqliteError(error)) throw error;
        // Not the disk's fault, so it would fail for ever and keep all others waiting behind it.
        this.#options.log.error('call cannot be written to the outbox', { callId, error: String(error) });
      }
    });
  }

  #unmarkSent(most: number): void {
    const some = this.#toSendAgain.slice(0, most);
    if (some.length > 0 && this.#onDisk((file) => file.unmarkSent(some)))
      this.#toSendAgain = this.#toSendAgain.slice(some.length);
  }

  #markUnmarked(file: OutboxFile): void {
    const some = [...this.#unmarked.entries().take(unmarkedAtOnce)];
    if (some.length === 0) return;
    const sent = some.flatMap(([id, refusal]) => (refusal === null ? [id] : []));
    file.markSent(sent, Date.now());
    for (const [id, refusal] of some) {
      if (refusal !== null) file.refuse(id, refusal);
      this.#unmarked.delete(id);
    }
  }

  #writeFailed(error: unknown): void {
    const { log } = this.#options;
    const now = performance.now();
    if (this.#failedAt === null || now - this.#failureLoggedAt >= repeatedLogMs) {
      this.#failureLoggedAt = now;
      log.error('outbox file does not take writes: outcomes are kept in memory', {
        code: 'outbox-write-failed',
        error: String(error),
      });
    }
    this.#failedAt = now;
    if (isDamage(error)) this.#letGoOfDamagedFile();
    this.#tryAgainIn(diskRetryMs + 1);
  }

  #tryAgainIn(ms: number): void {
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = null;
      this.#onDisk(() => {});
    }, ms).unref();
  }

  /** Opened again by the next write, which moves it aside. */
  #letGoOfDamagedFile(): void {
    try {
      this.#file?.close();
    } catch {
      // Closing a damaged file may fail; the handle is gone either way.
    }
    this.#file = null;
    // Ids of the file that is moved aside.
    this.#unmarked.clear();
    this.#toSendAgain = [];
  }

  #read<T>(otherwise: T, read: (file: OutboxFile) => T): T {
    if (this.#file === null) return otherwise;
    try {
      return read(this.#file);
    } catch (error) {
      this.#writeFailed(error);
      return otherwise;
    }
  }

  #forgetSent(everyMs = forgetSentEveryMs): void {
    const now = performance.now();
    if (now - this.#sentForgottenAt < everyMs || this.#toSendAgain.length > 0) return;
    this.#sentForgottenAt = now;
    this.#onDisk((file) => file.forgetSent(Date.now() - this.#options.keepSentForMs));
  }

  #housekeep(): void {
    const now = performance.now();
    if (now - this.#housekeptAt < housekeepingMs) return;
    this.#housekeptAt = now;
    this.#forgetSent(0);
    this.#onDisk((file) => {
      file.purge(Date.now() - this.#options.keepIdsForMs);
      file.retryRefused();
    });
  }
}
