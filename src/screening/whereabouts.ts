import type { Outcome } from './outcome.ts';

/** The one place in which a call is counted; an outcome has exactly one. */
export type Whereabouts = 'connected' | 'voicemail' | 'rejected' | 'abandoned' | 'bypassed' | 'unaccounted';

/** A bypass comes first: it reached the operators too, but nobody decided that. */
export function whereabouts(outcome: Pick<Outcome, 'bypass' | 'exit'>): Whereabouts {
  if (outcome.bypass !== null) return 'bypassed';
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
