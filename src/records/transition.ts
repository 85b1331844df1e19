import type { Outcome } from '../screening/outcome.ts';

/** A caller's admission after a passed challenge. */
export interface PassGrant {
  /** E.164. */
  readonly callerNumber: string;
  /** Epoch ms at which it ends. */
  readonly until: number;
}

/** What a finished call changes in the shared store. */
export type Change =
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'pass'; readonly grant: PassGrant };

/** A change that waits in the outbox. `id` is the outbox's own; a call has at most one of each kind. */
export type Transition = Change & { readonly id: number; readonly callId: string };

/** A change as the outbox keeps it: `body` is JSON. */
export interface StoredChange {
  readonly kind: Change['kind'];
  readonly body: string;
}

/**
 * The changes that the end of a call makes, in the order in which they are written. `passForMs` counts from the call's
 * exit; 0, or a caller without a number, grants nothing. The end of a pass is absolute, so that a late write cannot
 * lengthen it. Throws when the outcome cannot be written as JSON.
 */
export function changesOf(outcome: Outcome, passForMs: number): readonly StoredChange[] {
  const outcomeChange: StoredChange = { kind: 'outcome', body: JSON.stringify(outcome) };
  const callerNumber = outcome.facts.caller.number;
  if (!(passForMs > 0) || callerNumber === null) return [outcomeChange];
  const grant: PassGrant = {
    callerNumber,
    until: Math.round(outcome.facts.now + outcome.timings.exitMs + passForMs),
  };
  return [outcomeChange, { kind: 'pass', body: JSON.stringify(grant) }];
}

/** Throws a SyntaxError when the body is not JSON. */
export function transitionFrom(id: number, callId: string, { kind, body }: StoredChange): Transition {
  return kind === 'pass'
    ? { id, callId, kind, grant: JSON.parse(body) as PassGrant }
    : { id, callId, kind, outcome: JSON.parse(body) as Outcome };
}
