import type { PassGrant, StoredChange, Transition } from '../call/change.ts';
import type { RealExit } from '../call/disposition.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import { exchangeOfCaller } from '../numbers/exchange.ts';
import { type CallerNames, plainNames } from '../privacy/caller-names.ts';

/**
 * The changes that the end of a call makes, in the order of writing. `passForMs` counts from the call's exit; 0, or a caller
 * without a number, grants no pass. A pass ends at an absolute time: a late write cannot lengthen it. Throws when the outcome
 * is no JSON.
 */
export function changesOf(
  outcome: Outcome,
  passForMs: number,
  names: CallerNames = plainNames,
): readonly StoredChange[] {
  const callerNumber = outcome.facts.caller.number;
  const body = names.hidesNumbers
    ? // Calls are counted by exchange, which a pseudonym lacks.
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

/** The later life of a call that arrived at `arrivedAt` (epoch ms). */
export function afterExitChange(afterExit: AfterExit): (arrivedAt: number) => StoredChange {
  return (arrivedAt) => ({ kind: 'after-exit', body: JSON.stringify({ afterExit, arrivedAt }) });
}

/** Where a call that arrived at `arrivedAt` (epoch ms) really went. */
export function realExitChange(realExit: RealExit): (arrivedAt: number) => StoredChange {
  return (arrivedAt) => ({ kind: 'real-exit', body: JSON.stringify({ realExit, arrivedAt }) });
}

/** Throws a SyntaxError when the body is not JSON. */
export function transitionFrom(id: number, callId: string, { kind, body }: StoredChange): Transition {
  switch (kind) {
    case 'pass':
      return { id, callId, kind, grant: JSON.parse(body) as PassGrant };
    case 'after-exit':
      return { id, callId, kind, ...(JSON.parse(body) as { afterExit: AfterExit; arrivedAt: number }) };
    case 'real-exit':
      return { id, callId, kind, ...(JSON.parse(body) as { realExit: RealExit; arrivedAt: number }) };
    case 'outcome': {
      const parsed = JSON.parse(body) as Outcome | { outcome: Outcome; exchange: string | null };
      return 'outcome' in parsed ? { id, callId, kind, ...parsed } : { id, callId, kind, outcome: parsed };
    }
    default:
      throw new SyntaxError('unknown kind of change');
  }
}
