import type { AfterExit, Outcome } from '../call/outcome.ts';
import type { ChallengeResult } from '../call/vocabulary.ts';
import { type TraitKey, traitKeys } from './call-traits.ts';

/** What is remembered of a finished call. */
export interface SeenCall {
  readonly callId: string;
  /** Arrival, epoch ms. */
  readonly at: number;
  /** Null: no number was shown. */
  readonly caller: string | null;
  readonly called: string;
  /** Null: the caller was not challenged. */
  readonly result: ChallengeResult | null;
  /** How far into the last prompt the caller hung up, ms; null: they did not. */
  readonly hungUpMs: number | null;
  /** How far into the last prompt a caller who passed pressed the first key, ms; null: they did not pass. */
  readonly pressedMs: number | null;
  readonly keys: readonly TraitKey[];
  /** null: not known, or not yet. */
  talkMs: number | null;
  /** It counts as a person's in the memory of what people show. */
  isPerson: boolean;
  /** Id of the campaign that it belongs to. */
  campaign: string | null;
}

/** Sellers are turned away within this; people talk for longer than that. */
export const shortTalkMs = 40_000;
export const longTalkMs = 45_000;

export function seenCall({ callId, facts, challenge }: Outcome, afterExit: AfterExit | null): SeenCall {
  const last = challenge?.attempts.at(-1);
  const into = (at: number | null | undefined) =>
    at === null || at === undefined || last === undefined ? null : Math.max(0, at - last.promptAtMs);
  const result = challenge?.result ?? null;
  return {
    callId,
    at: facts.now,
    caller: facts.caller.number,
    called: facts.called.number ?? facts.called.raw,
    result,
    hungUpMs: result === 'gave-up' ? into(last?.endedAtMs) : null,
    pressedMs: result === 'passed' ? into(last?.firstHeardAtMs) : null,
    keys: traitKeys(facts),
    talkMs: talkOf(afterExit),
    isPerson: false,
    campaign: null,
  };
}

/** ms; null: not known. */
export function talkOf(afterExit: AfterExit | null): number | null {
  return afterExit?.talkMs ?? null;
}
