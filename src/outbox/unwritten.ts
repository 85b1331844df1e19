import type { Log } from '../log/log.ts';
import type { OutboxFile } from './outbox-file.ts';

const unmarkedAtOnce = 500;

/** What Redis did with rows of the file while the disk takes no mark of it. */
export class SentMarks {
  /** By row id: why it was refused, null for acknowledged. */
  readonly #unmarked = new Map<number, string | null>();
  /** Acknowledged rows to be sent again: a batch at a time, so that no call waits. */
  #toSendAgain: number[] = [];

  /** Rows not to be sent although they have no mark. */
  get unmarked(): { has(id: number): boolean; readonly size: number } {
    return this.#unmarked;
  }

  /** How many are to be sent although they have one. */
  get toSendAgain(): number {
    return this.#toSendAgain.length;
  }

  /** How many of the unmarked were refused. */
  get refused(): number {
    let refused = 0;
    for (const refusal of this.#unmarked.values()) if (refusal !== null) refused++;
    return refused;
  }

  remember(ids: readonly number[], refusal: string | null): void {
    for (const id of ids) this.#unmarked.set(id, refusal);
  }

  /** Writes some of the marks. Throws as the file does; then none is dropped. */
  writeTo(file: OutboxFile): void {
    const some = [...this.#unmarked.entries().take(unmarkedAtOnce)];
    if (some.length === 0) return;
    const sent = some.flatMap(([id, refusal]) => (refusal === null ? [id] : []));
    file.markSent(sent);
    for (const [id, refusal] of some) {
      if (refusal !== null) file.refuse(id, refusal);
      this.#unmarked.delete(id);
    }
  }

  /** `read` returns the recently acknowledged rows, or its argument when it cannot read them. */
  sendAgain(read: (known: number[]) => number[]): void {
    for (const [id, refusal] of this.#unmarked) if (refusal === null) this.#unmarked.delete(id);
    this.#toSendAgain = read(this.#toSendAgain);
  }

  /** The next rows to be unmarked, at most `limit`; call `done` when the file has done so. */
  nextToSendAgain(limit: number): { readonly ids: readonly number[]; readonly done: () => void } {
    const ids = this.#toSendAgain.slice(0, limit);
    return {
      ids,
      done: () => {
        this.#toSendAgain = this.#toSendAgain.slice(ids.length);
      },
    };
  }

  /** Their file is gone. */
  clear(): void {
    this.#unmarked.clear();
    this.#toSendAgain = [];
  }
}

const repeatedLogMs = 60_000;

/** Whether the disk takes writes. Logs when it stops, once a minute after that, and when it works again. */
export class DiskTrouble {
  static readonly retryMs = 1_001;
  readonly #log: Log;
  #now: { readonly since: number; readonly error: string } | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(log: Log) {
    this.#log = log;
  }

  /** `since`: epoch ms. Null: no write has failed. */
  get now(): { readonly since: number; readonly error: string } | null {
    return this.#now;
  }

  /** A write failed a moment ago: the next would fail too, and may take as long as the busy timeout. */
  get isPausing(): boolean {
    return this.#now !== null && performance.now() - this.#failedAt < DiskTrouble.retryMs - 1;
  }

  failed(error: unknown): void {
    this.#failedAt = performance.now();
    if (this.#now === null || this.#failedAt - this.#loggedAt >= repeatedLogMs) {
      this.#loggedAt = this.#failedAt;
      this.#log.error('Outbox file cannot be written: outcomes are held in memory', {
        code: 'outbox-write-failed',
        error: String(error),
      });
    }
    this.#now = { since: this.#now?.since ?? Date.now(), error: String(error) };
  }

  over(): void {
    if (this.#now === null) return;
    this.#log.info('Outbox file can be written again', { forMs: Date.now() - this.#now.since });
    this.#now = null;
  }
}

/** A commit blocks the event loop for 0.1 ms, longer than the writes in it: sharing saves four in five (measured). */
const shareWithinMs = 5;

interface Waiting {
  readonly write: (file: OutboxFile) => unknown;
  /** Holds it in memory when the disk does not take it. */
  readonly keep: () => unknown;
}

/** Writes that may be lost with the process, because they are made again, wait some ms to share a transaction. */
export class SharedWrites {
  readonly #flush: () => void;
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** `flush` is called when nothing else took what waits. */
  constructor(flush: () => void) {
    this.#flush = flush;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  add(write: Waiting['write'], keep: Waiting['keep']): void {
    this.#waiting.push({ write, keep });
    this.#timer ??= setTimeout(this.#flush, shareWithinMs);
  }

  /** Returns what waits, in order, and clears it. */
  take(): readonly Waiting[] {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    return this.#waiting.splice(0);
  }
}
