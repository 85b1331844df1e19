import type { CallFacts, Signals } from '../call/facts.ts';
import type { Policy } from './policy.ts';

/** What a call shows beside its numbers, by the rules in force; undefined: nothing. Never throws. */
export function signalsOf(
  { called, caller, now, signals }: CallFacts,
  { settings, lists, claimedNames }: Pick<Policy, 'settings' | 'lists' | 'claimedNames'>,
): Signals | undefined {
  try {
    const { number } = called;
    const isDecoy =
      number !== null &&
      settings.decoys.some((list) => (lists.get(list)?.find(number, now) ?? null) !== null);
    const [claimed] = claimedNames.find(caller.displayName);
    const all = { ...signals, ...(isDecoy && { decoy: true as const }), ...(claimed && { claimed }) };
    return Object.keys(all).length === 0 ? undefined : all;
  } catch {
    return signals;
  }
}
