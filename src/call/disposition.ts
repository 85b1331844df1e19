import type { Outcome } from './outcome.ts';
import type { Disposition } from './vocabulary.ts';

/**
 * A bypass comes first: it reached the operators too, but by no decision. Then the real exit that the dialplan reported; a call
 * that reached no one counts as rejected.
 */
export function dispositionOf(
  outcome: Pick<Outcome, 'bypass' | 'exit'>,
  realExit: RealExit | null = null,
): Disposition {
  if (outcome.bypass !== null) return 'bypassed';
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

/** Where a call that was not bypassed counts from then on. */
export function placeOfRealExit({ to }: RealExit): 'connected' | 'voicemail' | 'rejected' {
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
