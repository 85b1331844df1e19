import type { CallFacts } from '../policy/facts.ts';
import { type StoredChange, type Transition, transitionFrom } from './transition.ts';

interface HeldCall {
  /** Set when its begin could not be written. */
  facts: CallFacts | null;
  ended: boolean;
  unsent: { id: number; change: StoredChange; refused: boolean }[];
}

export interface ReleasedCall {
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
    this.#call(facts.callId).facts ??= facts;
  }

  /** False when the call had ended before. */
  end(callId: string, changes: readonly StoredChange[]): boolean {
    const call = this.#call(callId);
    if (call.ended) return false;
    call.ended = true;
    call.unsent = changes.map((change) => ({ id: this.#nextId--, change, refused: false }));
    return true;
  }

  isOpen(callId: string): boolean {
    const call = this.#calls.get(callId);
    return call !== undefined && !call.ended;
  }

  isEnded(callId: string): boolean {
    return this.#calls.get(callId)?.ended === true;
  }

  pending(): Transition[] {
    return [...this.#calls].flatMap(([callId, call]) =>
      call.unsent.filter((held) => !held.refused).map(({ id, change }) => transitionFrom(id, callId, change)),
    );
  }

  markSent(ids: ReadonlySet<number>): void {
    for (const call of this.#calls.values()) call.unsent = call.unsent.filter((held) => !ids.has(held.id));
  }

  refuse(id: number): void {
    for (const call of this.#calls.values()) {
      for (const held of call.unsent) if (held.id === id) held.refused = true;
    }
  }

  /** Hands each call to `write`, oldest first, and lets go of it when `write` returns; stops when it throws. */
  release(write: (callId: string, call: ReleasedCall) => void): void {
    for (const [callId, { facts, ended, unsent }] of this.#calls) {
      write(callId, { facts, ended, unsent: unsent.map((held) => held.change) });
      this.#calls.delete(callId);
    }
  }

  #call(callId: string): HeldCall {
    const call = this.#calls.get(callId) ?? { facts: null, ended: false, unsent: [] };
    this.#calls.set(callId, call);
    return call;
  }
}
