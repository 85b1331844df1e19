import type { ChallengeKind, ChallengeResult, VerdictKind } from '../../src/call/vocabulary.ts';
import type { GroupId } from './truth.ts';

/**
 * How a call ended. `person`: an operator, a queue, an exit for text telephones or faxes; `mailbox`; `hung-up`: the caller, before
 * an exit; `told`: the caller, after hearing that the number was forged; `turned-away`.
 */
export type EndedAt = 'person' | 'mailbox' | 'hung-up' | 'told' | 'turned-away';

/** One call of the month, as it went. */
export interface PlayedCall {
  readonly callId: string;
  readonly group: GroupId;
  readonly who: string;
  /** Epoch ms. */
  readonly at: number;
  readonly rule: string;
  /** Rules on trial that would have decided it. */
  readonly onTrial: readonly string[];
  readonly verdict: VerdictKind;
  readonly asked: ChallengeKind | null;
  readonly result: ChallengeResult | null;
  readonly endedAt: EndedAt;
  /** Id of the campaign that the call belongs to. */
  readonly campaign: string | null;
  /** It was known when the call arrived, not found afterward. */
  readonly knownOnArrival: boolean;
  /** Without a history, because Redis was away. */
  readonly isBlind: boolean;
  /** ms from arrival to the exit. */
  readonly exitMs: number;
}
