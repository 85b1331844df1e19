import type { Outcome } from './outcome.ts';
import { type BypassReason, bypassReasons, type Disposition } from './vocabulary.ts';

/**
 * Why the call bypassed screening; null: it did not. When requests to Asterisk stay unanswered, only the dialplan knows that it was
 * the last one that took the call away, `gatehouse-release,ari-failed`, and not the one that was decided.
 */
export function bypassOf(
  outcome: Pick<Outcome, 'bypass'>,
  realExit: RealExit | null | undefined,
): BypassReason | null {
  return outcome.bypass?.reason ?? bypassOfRealExit(realExit);
}

export function bypassOfRealExit(realExit: RealExit | null | undefined): BypassReason | null {
  const [place, reason] = realExit?.asked.split(/,(.*)/s) ?? [];
  // The timer for the decision struck at the door of an exit: [gatehouse-late] knows the context, and sends the call on unscreened.
  if (place?.startsWith('gatehouse-') && reason === undefined) return 'watchdog';
  if (place !== 'gatehouse-release' && place !== 'gatehouse-bypass') return null;
  return bypassReasons.has(reason) ? reason : null;
}

/**
 * A bypass comes first: it reached the operators too, but by no decision. Then the real exit that the dialplan reported; a call
 * that reached no one counts as rejected.
 */
export function dispositionOf(
  outcome: Pick<Outcome, 'bypass' | 'exit'>,
  realExit: RealExit | null = null,
): Disposition {
  if (bypassOf(outcome, realExit) !== null) return 'bypassed';
  if (realExit !== null) return placeOfRealExit(realExit);
  switch (outcome.exit.kind) {
    case 'connect':
      return 'connected';
    case 'voicemail':
      return 'voicemail';
    case 'reject':
      return 'rejected';
    case 'none':
      return outcome.exit.reason === 'caller-hung-up' ? 'abandoned' : 'unaccounted';
  }
}

/** Where a call whose outcome has no bypass counts from then on. */
export function placeOfRealExit(realExit: RealExit): 'connected' | 'voicemail' | 'rejected' | 'bypassed' {
  const { to } = realExit;
  if (bypassOfRealExit(realExit) !== null) return 'bypassed';
  if (to.kind === 'operators') return 'connected';
  return to.kind === 'voicemail' ? 'voicemail' : 'rejected';
}

/**
 * Where a call really went, as the dialplan says, when the application could not see it or the exit did not come to what was
 * decided. At most one stands for a call: the latest.
 */
export interface RealExit {
  /** Epoch ms at which the dialplan said so. */
  readonly at: number;
  /** The exit as it was asked for, `gatehouse-voicemail,general`; empty: not told. Holds nothing of the caller's. */
  readonly asked: string;
  readonly to: RealPlace;
  /** A word of the dialplan's, `box-missing`; `realExitReason` has them for people. */
  readonly why: string;
}

/** `operators`: to people; `exit`: by which exit, when not by that of the operators. `nowhere`: to no one. */
export type RealPlace =
  | { readonly kind: 'operators'; readonly exit?: string }
  | { readonly kind: 'voicemail'; readonly box: string }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'nowhere' };
