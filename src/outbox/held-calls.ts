import type { StoredChange, Transition } from '../call/change.ts';
import type { CallFacts } from '../call/facts.ts';
import type { Log } from '../log/log.ts';
import type { SecondPlace } from './kept-calls.ts';
import { isSqliteError } from './open-outbox-file.ts';
import type { OutboxFile } from './outbox-file.ts';
import { transitionFrom } from './transition.ts';

interface HeldCall {
  /** Epoch ms. */
  readonly arrivedAt: number;
  isFollowed: boolean;
  /** Epoch ms of the latest report of where it really went; null: none came. */
  leftAt: number | null;
  /** Set when its begin could not be written. */
  facts: CallFacts | null;
  /** True when a former process left it. */
  isFormer: boolean;
  ended: boolean;
  unsent: { id: number; change: StoredChange; refused: boolean }[];
}

/** So many calls are written at a time, which takes some ms. */
const writtenAtOnce = 100;

/** Calls that could not be written to the outbox file, in memory and in the second place, until they can or until Redis has them. */
export class HeldCalls {
  readonly #calls = new Map<string, HeldCall>();
  readonly #second: SecondPlace | null;
  // Negative, to differ from the file's ids.
  #nextId = -1;

  constructor(second: SecondPlace | null = null) {
    this.#second = second;
    for (const { callId, arrivedAt, facts, ended, unsent } of second?.all() ?? []) {
      const held = unsent.map((change) => this.#held(change));
      const call = { ...this.#call(callId, arrivedAt), facts, ended, unsent: held, isFormer: true };
      this.#calls.set(callId, call);
    }
  }

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  get size(): number {
    return this.#calls.size;
  }

  begin(facts: CallFacts): void {
    const call = this.#call(facts.callId, facts.now);
    call.facts ??= facts;
    call.isFormer = false;
    this.#keep(facts.callId, call);
  }

  /** False when the call had ended before. */
  end(callId: string, arrivedAt: number, changes: readonly StoredChange[]): boolean {
    const call = this.#call(callId, arrivedAt);
    if (call.ended) return false;
    call.ended = true;
    call.unsent = changes.map((change) => this.#held(change));
    this.#keep(callId, call);
    return true;
  }

  /** False when its end is not held here, and for a repeat. */
  follow(callId: string, change: (arrivedAt: number) => StoredChange): boolean {
    const call = this.#calls.get(callId);
    if (call === undefined || !call.ended || call.isFollowed) return false;
    call.isFollowed = true;
    call.unsent.push(this.#held(change(call.arrivedAt)));
    this.#keep(callId, call);
    return true;
  }

  /** `held`: kept here, replacing what was reported before `at` (epoch ms). */
  leftFor(
    callId: string,
    at: number,
    change: (arrivedAt: number) => StoredChange,
  ): 'held' | 'open' | 'unknown' {
    const call = this.#calls.get(callId);
    if (call === undefined) return 'unknown';
    if (!call.ended) return 'open';
    if (call.leftAt !== null && call.leftAt >= at) return 'held';
    // Its note stays in the spool, so the second place does not need it.
    call.leftAt = at;
    call.unsent = call.unsent.filter(({ change: { kind } }) => kind !== 'real-exit');
    call.unsent.push(this.#held(change(call.arrivedAt)));
    return 'held';
  }

  /** Of this process. */
  isOpen(callId: string): boolean {
    const call = this.#calls.get(callId);
    return call !== undefined && !call.ended && !call.isFormer;
  }

  isEnded(callId: string): boolean {
    return this.#calls.get(callId)?.ended === true;
  }

  /** Calls that former processes left open. */
  formerOpen(): CallFacts[] {
    return [...this.#calls.values()].flatMap(({ facts, ended, isFormer }) =>
      facts !== null && !ended && isFormer ? [facts] : [],
    );
  }

  /** The oldest to be sent, at most `limit`. */
  pending(limit: number): Transition[] {
    const found: Transition[] = [];
    for (const [callId, { id, change }] of this.#ready()) {
      if (found.length >= limit) break;
      found.push(transitionFrom(id, callId, change));
    }
    return found;
  }

  /** How many are to be sent; of one kind, or all. */
  readyCount(kind?: StoredChange['kind']): number {
    let count = 0;
    for (const [, { change }] of this.#ready()) if (kind === undefined || change.kind === kind) count++;
    return count;
  }

  refusedCount(): number {
    let count = 0;
    for (const { unsent } of this.#calls.values()) for (const { refused } of unsent) if (refused) count++;
    return count;
  }

  markSent(ids: ReadonlySet<number>): void {
    for (const [callId, call] of this.#calls) {
      if (call.unsent.length === 0) continue;
      call.unsent = call.unsent.filter((held) => !ids.has(held.id));
      if (call.ended && call.unsent.length === 0) this.#second?.drop(callId);
    }
  }

  refuse(id: number): void {
    for (const call of this.#calls.values()) {
      for (const held of call.unsent) if (held.id === id) held.refused = true;
    }
  }

  /** Writes some of the calls, oldest first, and drops each that is written. Throws as SQLite does. */
  writeTo(file: OutboxFile, log: Log): void {
    for (const [callId, call] of this.#calls.entries().take(writtenAtOnce)) {
      const { arrivedAt, facts, isFormer, ended } = call;
      try {
        if (facts !== null) file.begin(facts, isFormer);
        const changes = call.unsent.map((held) => held.change);
        if (ended) file.end(callId, arrivedAt, changes, Date.now());
      } catch (error) {
        if (isSqliteError(error)) throw error;
        // Not the disk's fault: it would fail forever and hold up all others.
        log.error('Call cannot be written to the outbox', { callId, error: String(error) });
      }
      this.#calls.delete(callId);
      this.#second?.drop(callId);
    }
  }

  *#ready(): Generator<[callId: string, held: HeldCall['unsent'][number]]> {
    for (const [callId, { unsent }] of this.#calls)
      for (const held of unsent) if (!held.refused) yield [callId, held];
  }

  #keep(callId: string, { arrivedAt, facts, ended, unsent }: HeldCall): void {
    this.#second?.keep({ callId, arrivedAt, facts, ended, unsent: unsent.map(({ change }) => change) });
  }

  #held(change: StoredChange): HeldCall['unsent'][number] {
    return { id: this.#nextId--, change, refused: false };
  }

  #call(callId: string, arrivedAt: number): HeldCall {
    const call = this.#calls.get(callId) ?? {
      arrivedAt,
      isFollowed: false,
      leftAt: null,
      facts: null,
      isFormer: false,
      ended: false,
      unsent: [],
    };
    this.#calls.set(callId, call);
    return call;
  }
}
