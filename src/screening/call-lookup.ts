import type { CallFacts } from '../call/facts.ts';
import { withDeadline } from '../process/deadline.ts';
import { lookUpHistory } from './history-lookup.ts';
import { type ArrivedCall, CallControlError } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';

interface CallLookup {
  readonly known: Pick<CallFacts, 'history' | 'noHistoryReason' | 'signals'>;
  /** Why there is no history, for the log. */
  readonly error: unknown;
}

/** What a call shows on arrival. Never throws. */
export function arrivalFacts({ facts }: ArrivedCall, { siteFacts, signals }: SessionDeps): CallFacts {
  const shown = signals?.(facts);
  return { ...facts, ...siteFacts?.(facts), ...(shown && { signals: shown }) };
}

/** What Redis knows of a call, and Asterisk when it shows a number of ours, side by side within one deadline. Never rejects. */
export async function lookUpCall(
  call: ArrivedCall,
  { signals }: CallFacts,
  deps: SessionDeps,
): Promise<CallLookup> {
  const { history, clock } = deps;
  // Before the call is released unscreened (call-stay.ts), whatever is set: without history is better than without rules.
  const deadlineMs = Math.min(deps.historyDeadlineMs, Math.max(0, call.stay.watchdogAt - clock.now()) / 4);
  const [found, ownCallOut] = await Promise.all([
    lookUpHistory(history, clock, call.facts, deadlineMs),
    lookUpOwnCall(call, deps, deadlineMs),
  ]);
  const known = { history: found.history, noHistoryReason: found.reason };
  if (ownCallOut === null) return { known, error: found.error };
  return { known: { ...known, signals: { ...signals, ownCallOut } }, error: found.error };
}

/** Null: the caller shows no number of ours, or nobody says in time which calls of ours are in progress. */
async function lookUpOwnCall(
  { facts, control }: ArrivedCall,
  { isOwnNumber, clock }: SessionDeps,
  deadlineMs: number,
): Promise<boolean | null> {
  const { number } = facts.caller;
  if (number === null || !isOwnNumber?.(number)) return null;
  const ask = () => control.ownCallOut(number);
  return withDeadline(ask, deadlineMs, CallControlError.late, clock).catch(() => null);
}
