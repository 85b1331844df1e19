import type { CallFacts } from '../policy/facts.ts';
import { type StoredChange, type Transition, transitionFrom } from './transition.ts';

interface HeldCall {
  /** Epoch ms; null: not known. */
  arrivedAt: number | null;
  isFollowed: boolean;
  /** Set when its begin could not be written. */
  facts: CallFacts | null;
  ended: boolean;
  unsent: { id: number; change: StoredChange; refused: boolean }[];
}

export interface ReleasedCall {
  /** Epoch ms. */
  readonly arrivedAt: number;
  readonly facts: CallFacts | null;
  readonly ended: boolean;
  readonly unsent: readonly StoredChange[];
}

/** What could not be written to the outbox file: kept in memory until it can, or until Redis has it. */
export class HeldCalls {
  readonly #calls = new Map<string, HeldCall>();
  // Negative, so that they never meet the file's own ids.
  #nextId = -1;

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  begin(facts: CallFacts): void {
    const call = this.#call(facts.callId);
    call.facts ??= facts;
    call.arrivedAt ??= facts.now;
  }

  /** False when the call had ended before. */
  end(callId: string, arrivedAt: number, changes: readonly StoredChange[]): boolean {
    const call = this.#call(callId);
    if (call.ended) return false;
    call.ended = true;
    call.arrivedAt = arrivedAt;
    call.unsent = changes.map((change) => this.#held(change));
    return true;
  }

  /** False when its end is not held here, or its later life was told before. */
  follow(callId: string, change: (arrivedAt: number) => StoredChange): boolean {
    const call = this.#calls.get(callId);
    if (call === undefined || !call.ended || call.isFollowed || call.arrivedAt === null) return false;
    call.isFollowed = true;
    call.unsent.push(this.#held(change(call.arrivedAt)));
    return true;
  }

  isOpen(callId: string): boolean {
    const call = this.#calls.get(callId);
    return call !== undefined && !call.ended;
  }

  isEnded(callId: string): boolean {
    return this.#calls.get(callId)?.ended === true;
  }

  /** The oldest that are to be sent, at most `limit`. */
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

  markSent(ids: ReadonlySet<number>): void {
    for (const call of this.#calls.values()) call.unsent = call.unsent.filter((held) => !ids.has(held.id));
  }

  refuse(id: number): void {
    for (const call of this.#calls.values()) {
      for (const held of call.unsent) if (held.id === id) held.refused = true;
    }
  }

  /** Hands calls to `write`, oldest first, at most `most`; lets go of each when `write` returns, and stops when it throws. */
  release(most: number, write: (callId: string, call: ReleasedCall) => void): void {
    for (const [callId, { arrivedAt, facts, ended, unsent }] of this.#calls.entries().take(most)) {
      const changes = unsent.map((held) => held.change);
      write(callId, { arrivedAt: arrivedAt ?? Number.NaN, facts, ended, unsent: changes });
      this.#calls.delete(callId);
    }
  }

  *#ready(): Generator<[callId: string, held: HeldCall['unsent'][number]]> {
    for (const [callId, { unsent }] of this.#calls)
      for (const held of unsent) if (!held.refused) yield [callId, held];
  }

  #held(change: StoredChange): HeldCall['unsent'][number] {
    return { id: this.#nextId--, change, refused: false };
  }

  #call(callId: string): HeldCall {
    const call = this.#calls.get(callId) ?? {
      arrivedAt: null,
      isFollowed: false,
      facts: null,
      ended: false,
      unsent: [],
    };
    this.#calls.set(callId, call);
    return call;
  }
}
