import type { Outcome } from '../screening/outcome.ts';
import type { AfterExit } from '../screening/ports.ts';
import { type CallerNames, plainNames } from './caller-names.ts';
import { exchangeOfCaller } from './history-scopes.ts';

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
export type Change =
  | { readonly kind: 'outcome'; readonly outcome: Outcome; readonly exchange?: string | null }
  | { readonly kind: 'pass'; readonly grant: PassGrant }
  | { readonly kind: 'after-exit'; readonly afterExit: AfterExit; readonly arrivedAt: number };

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
export function changesOf(
  outcome: Outcome,
  passForMs: number,
  names: CallerNames = plainNames,
): readonly StoredChange[] {
  const callerNumber = outcome.facts.caller.number;
  const body = names.hidesNumbers
    ? // A pseudonym has no exchange, and calls are counted by it.
      { outcome: names.outcome(outcome), exchange: exchangeOfCaller(outcome.facts) }
    : outcome;
  const outcomeChange: StoredChange = { kind: 'outcome', body: JSON.stringify(body) };
  if (!(passForMs > 0) || callerNumber === null) return [outcomeChange];
  const grant: PassGrant = {
    callerNumber: names.of(callerNumber),
    until: Math.round(outcome.facts.now + outcome.timings.exitMs + passForMs),
  };
  return [outcomeChange, { kind: 'pass', body: JSON.stringify(grant) }];
}

/** Throws a SyntaxError when the body is not JSON. */
export function transitionFrom(id: number, callId: string, { kind, body }: StoredChange): Transition {
  switch (kind) {
    case 'pass':
      return { id, callId, kind, grant: JSON.parse(body) as PassGrant };
    case 'after-exit':
      return { id, callId, kind, ...(JSON.parse(body) as { afterExit: AfterExit; arrivedAt: number }) };
    case 'outcome': {
      const parsed = JSON.parse(body) as Outcome | { outcome: Outcome; exchange: string | null };
      return 'outcome' in parsed ? { id, callId, kind, ...parsed } : { id, callId, kind, outcome: parsed };
    }
    default:
      throw new SyntaxError('a change of an unknown kind');
  }
}
