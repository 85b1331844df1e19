import type { RealExit } from './disposition.ts';
import type { AfterExit, Outcome } from './outcome.ts';

/** A caller's admission after a passed challenge. */
export interface PassGrant {
  /** As caller-names.ts has it. */
  readonly callerNumber: string;
  /** Epoch ms at which it ends. */
  readonly until: number;
}

/**
 * What a finished call changes in the shared store. `arrivedAt`: epoch ms; `exchange`: of the caller, made of
 * the number when left out.
 */
type Change =
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly exchange?: string | null }
  | { readonly kind: 'pass'; readonly grant: PassGrant }
  | { readonly kind: 'after-exit'; readonly afterExit: AfterExit; readonly arrivedAt: number }
  | { readonly kind: 'real-exit'; readonly realExit: RealExit; readonly arrivedAt: number };

/** A change that waits in the outbox. `id` is the outbox's own; a call has at most one of each kind. */
export type Transition = Change & { readonly id: number; readonly callId: string };

/** A change as the outbox keeps it: `body` is JSON. */
export interface StoredChange {
  readonly kind: Change['kind'];
  readonly body: string;
}

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
