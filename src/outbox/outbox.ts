import { randomUUID } from 'node:crypto';
import type { StoredChange, Transition } from '../call/change.ts';
import type { RealExit } from '../call/disposition.ts';
import type { CallFacts } from '../call/facts.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import { plainNames } from '../privacy/caller-names.ts';
import type { AfterExitLog, OutcomeLog } from '../screening/ports.ts';
import { HeldCalls } from './held-calls.ts';
import { isDamage, openOutboxFile } from './open-outbox-file.ts';
import type { OutboxFile } from './outbox-file.ts';
import type { OutboxOptions, OutboxState } from './outbox-options.ts';
import { afterExitChange, changesOf, realExitChange } from './transition.ts';
import { DiskTrouble, SentMarks, SharedWrites } from './unwritten.ts';

const housekeepingMs = 3_600_000;
const forgetSentEveryMs = 1_000;
const nextReleaseMs = 20;

/**
 * Holds every call on disk from its arrival until Redis has its outcome. No method throws: what the disk does not take is held in
 * memory, sent from there, and written once the disk works again.
 */
export class Outbox implements OutcomeLog, AfterExitLog {
  readonly #options: Required<OutboxOptions>;
  readonly #run = randomUUID();
  readonly #held: HeldCalls;
  readonly #marks = new SentMarks();
  readonly #trouble: DiskTrouble;
  readonly #shared = new SharedWrites(() => this.#onDisk());
  #file: OutboxFile | null = null;
  readonly #observers: ((outcome: Outcome) => void)[] = [];
  #listener: () => void = () => {};
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
      secondPlace: null,
      reserveBytes: 0,
      ...options,
    };
    this.#held = new HeldCalls(this.#options.secondPlace);
    this.#trouble = new DiskTrouble(options.log);
    this.#onDisk();
    this.#housekeep();
  }

  /** `adopted` is recorded by the session. */
  begin(facts: CallFacts, _adopted: boolean): void {
    const stored = this.#options.names.facts(facts);
    // Until `settle` the call is in Asterisk, where the next process finds it.
    this.#soon(
      (file) => file.begin(stored),
      () => this.#held.begin(stored),
    );
  }

  settle(): void {
    if (!this.#shared.isEmpty) this.#onDisk();
  }

  end(outcome: Outcome, passForMs: number): void {
    const isNew = !this.isEnded(outcome.callId);
    this.#storeEnd(outcome, passForMs);
    if (!isNew) return;
    for (const observe of this.#observers)
      try {
        observe(outcome);
      } catch (error) {
        this.#options.log.error('An outcome observer failed', { callId: outcome.callId, error });
      }
  }

  /** Calls `observer` with each call's first end, once it is stored. What it throws is logged. */
  onEnd(observer: (outcome: Outcome) => void): void {
    this.#observers.push(observer);
  }

  #storeEnd(outcome: Outcome, passForMs: number): void {
    const { callId, facts } = outcome;
    let changes: readonly StoredChange[];
    try {
      changes = changesOf(outcome, passForMs, this.#options.names);
    } catch (error) {
      this.#options.log.error('Outcome cannot be written as JSON', { callId, error: String(error) });
      return;
    }
    // The first end stands, also one that is still in memory.
    const isHeld = this.#held.isEnded(callId);
    if (!this.#onDisk((file) => isHeld || file.end(callId, facts.now, changes, Date.now())))
      this.#held.end(callId, facts.now, changes);
    this.#housekeep();
    this.#listener();
  }

  /** The later life of a call that has ended; repeats and unknown calls are ignored. */
  ended(callId: string, afterExit: AfterExit): void {
    const change = afterExitChange(afterExit);
    const keep = () => this.#held.follow(callId, change);
    if (!keep()) this.#soon((file) => file.follow(callId, change), keep);
    this.#listener();
  }

  /** Where the call really went; the latest stands. `held`: in memory, or not at all while the disk fails. */
  leftFor(callId: string, realExit: RealExit): 'kept' | 'held' | 'open' | 'unknown' {
    const change = realExitChange(realExit);
    const held = this.#held.leftFor(callId, realExit.at, change);
    if (held !== 'unknown') return held;
    let onDisk: 'kept' | 'open' | 'unknown' | null = null;
    const isWritten = this.#onDisk((file) => {
      onDisk = file.leftFor(callId, change);
    });
    this.#listener();
    return isWritten && onDisk !== null ? onDisk : 'held';
  }

  /** Calls `listener` (only one: the drain) when there may be something to send. */
  onReady(listener: () => void): void {
    this.#listener = listener;
  }

  /** Facts of the calls that former processes left open, for reconcile. Empty while the file cannot be read. */
  openCalls(): CallFacts[] {
    const open = new Map(this.#held.formerOpen().map((facts) => [facts.callId, facts]));
    for (const facts of this.#read<CallFacts[]>([], (file) => file.openCalls()))
      if (!this.#held.isEnded(facts.callId)) open.set(facts.callId, facts);
    return [...open.values()];
  }

  /** True when the call's end is on disk: only then may its bypass note be deleted. */
  isKept(callId: string): boolean {
    return this.#readOnly(false, (file) => file.isEnded(callId));
  }

  /** True when the call's end is on disk or in memory: it does not count twice. */
  isEnded(callId: string): boolean {
    return this.#held.isEnded(callId) || this.isKept(callId);
  }

  /** True while this process has the call in hand. */
  isOpenInThisRun(callId: string): boolean {
    if (this.#held.isEnded(callId)) return false;
    return this.#held.isOpen(callId) || this.#read(false, (file) => file.isOpenInThisRun(callId));
  }

  /** What is to be sent, oldest first, at most `limit`. */
  pending(limit = 200): Transition[] {
    this.#forgetSent();
    const { ids, done } = this.#marks.nextToSendAgain(limit);
    if (ids.length > 0 && this.#onDisk((file) => file.unmarkSent(ids))) done();
    const onDisk = this.#read<Transition[]>([], (file) => file.pending(limit, this.#marks.unmarked));
    return onDisk.length >= limit ? onDisk : [...onDisk, ...this.#held.pending(limit - onDisk.length)];
  }

  /** How many transitions wait to be sent, without those set aside. */
  backlog(): number {
    const onDisk = this.#read(0, (file) => file.readyCount()) - this.#marks.unmarked.size;
    return Math.max(0, onDisk) + this.#marks.toSendAgain + this.#held.readyCount();
  }

  /** How many calls' outcomes are among them. */
  waitingOutcomes(): number {
    return this.#read(0, (file) => file.readyOutcomes()) + this.#held.readyCount('outcome');
  }

  state(): OutboxState {
    return {
      failing: this.#trouble.now,
      inMemory: this.#held.size,
      inSecondPlace: this.#options.secondPlace?.size ?? 0,
      setAside:
        this.#read(0, (file) => file.refusedCount()) + this.#marks.refused + this.#held.refusedCount(),
    };
  }

  /** Redis has these. A mark that cannot be written is remembered, or the rows would be sent again and again. */
  markSent(ids: readonly number[]): void {
    this.#held.markSent(new Set(ids));
    const onDisk = ids.filter((id) => id > 0);
    if (onDisk.length === 0) return;
    this.#soon(
      (file) => file.markSent(onDisk),
      () => this.#marks.remember(onDisk, null),
    );
  }

  /** Another Redis may have taken over: what was acknowledged recently is sent again, which is safe to repeat. */
  sendAgain(): void {
    const { keepSentForMs } = this.#options;
    // Only read: it works on a full disk too.
    this.#marks.sendAgain((known) => this.#read(known, (file) => file.sentLately(keepSentForMs)));
    // Rows may have been refused for lack of what is only now sent again.
    this.#onDisk((file) => file.retryRefused());
  }

  /** Sets aside a transition that Redis refuses. It is tried again within the hour, and by the next process. */
  refuse(id: number, reason: string): void {
    if (id < 0) this.#held.refuse(id);
    else if (!this.#onDisk((file) => file.refuse(id, reason))) this.#marks.remember([id], reason);
  }

  close(): void {
    while (this.#onDisk() && !this.#held.isEmpty);
    this.#closed = true;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#closeFile();
  }

  /** Writes within some ms; when the disk does not take it, `keep` holds it in memory. */
  #soon(write: (file: OutboxFile) => unknown, keep: () => unknown): void {
    if (this.#closed || this.#trouble.isPausing) keep();
    else this.#shared.add(write, keep);
  }

  /** Runs what waits and `write` on the file. False when the disk does not take it: the caller holds it in memory. */
  #onDisk(write: (file: OutboxFile) => unknown = () => {}): boolean {
    const waiting = this.#shared.take();
    try {
      if (!this.#closed && !this.#trouble.isPausing) {
        this.#file ??= openOutboxFile(this.#options, this.#run);
        this.#held.writeTo(this.#file, this.#options.log);
        this.#marks.writeTo(this.#file);
        this.#file.together([...waiting.map((shared) => shared.write), write]);
        this.#trouble.over();
        if (!this.#held.isEmpty) this.#tryAgainIn(nextReleaseMs);
        return true;
      }
    } catch (error) {
      this.#writeFailed(error);
    }
    for (const { keep } of waiting) keep();
    return false;
  }

  #writeFailed(error: unknown): void {
    this.#trouble.failed(error);
    if (isDamage(error)) {
      // The next write opens it again, which moves it aside; the marks are ids of that file.
      this.#closeFile();
      this.#marks.clear();
    }
    this.#tryAgainIn(DiskTrouble.retryMs);
  }

  #tryAgainIn(ms: number): void {
    this.#retryTimer ??= setTimeout(() => {
      this.#retryTimer = null;
      this.#onDisk();
    }, ms).unref();
  }

  #closeFile(): void {
    try {
      this.#file?.close();
    } catch (error) {
      this.#options.log.warn('Outbox file could not be closed', { error: String(error) });
    }
    this.#file = null;
  }

  #read<T>(otherwise: T, read: (file: OutboxFile) => T): T {
    this.settle();
    return this.#readOnly(otherwise, read);
  }

  #readOnly<T>(otherwise: T, read: (file: OutboxFile) => T): T {
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
    if (now - this.#sentForgottenAt < everyMs || this.#marks.toSendAgain > 0) return;
    this.#sentForgottenAt = now;
    this.#onDisk((file) => file.forgetSent(this.#options.keepSentForMs));
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
    this.#readOnly(false, (file) => file.reserve());
  }
}
