import type { CallStore, Transition, WriteResult } from '../../src/call/change.ts';

/** A store in memory that can be away, slow or picky. */
export class FakeCallStore implements CallStore {
  readonly written: string[] = [];
  readonly batches: number[] = [];
  isAway = false;
  refuses: (transition: Transition) => boolean = () => false;
  #listener = () => {};

  async write(transitions: readonly Transition[]): Promise<readonly WriteResult[]> {
    this.batches.push(transitions.length);
    return transitions.map((transition) => {
      if (this.isAway) return { state: 'retry', reason: 'away' };
      if (this.refuses(transition)) return { state: 'refused', reason: 'WRONGTYPE' };
      this.written.push(`${transition.callId} ${transition.kind}`);
      return { state: 'written', isNew: true };
    });
  }

  onAvailable(listener: () => void): void {
    this.#listener = listener;
  }

  comeBack(): void {
    this.isAway = false;
    this.#listener();
  }
}
