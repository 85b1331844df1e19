import type { Transition } from './transition.ts';

/**
 * What became of one transition. `refused`: this one cannot be stored, and trying again soon will not help; `retry`: the
 * store is away, full or busy; `isLate`: it did not answer in time, and may be at it still.
 */
export type WriteResult =
  | { readonly state: 'written'; readonly isNew: boolean }
  | { readonly state: 'refused'; readonly reason: string }
  | { readonly state: 'retry'; readonly reason: string; readonly isLate?: boolean };

/** Where the outbox is emptied into. */
export interface CallStore {
  /** Writes in order; a result for each transition. Settles within a deadline and never rejects. Safe to repeat. */
  write(transitions: readonly Transition[]): Promise<readonly WriteResult[]>;
  /** Calls `listener` whenever the store has come back, or another may have taken its place. */
  onAvailable(listener: () => void): void;
}
