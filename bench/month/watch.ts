import type { CallFacts } from '../../src/call/facts.ts';
import type { AfterExit, Outcome } from '../../src/call/outcome.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { Campaign } from './found-campaign.ts';
import type { PlayedCall } from './played-call.ts';

/** What each signal gives can be switched off, to see what it is worth. */
export const signals = ['verification', 'history', 'campaigns', 'levels'] as const;
export type Signal = (typeof signals)[number];

/** What watches over all calls together: told of each that is over, it says more of the ones that come. */
export interface Watch {
  /** The facts with what is known of campaigns and levels now. No I/O. */
  before(facts: CallFacts): CallFacts;
  see(outcome: Outcome): void;
  seeAfterExit(callId: string, afterExit: AfterExit): void;
  /** All that were recognized. */
  campaigns(): readonly Campaign[];
  /** The calls, each with the campaign that it was found to belong to after it was over. */
  assigned(played: readonly PlayedCall[]): readonly PlayedCall[];
}

export function openWatch(_policy: Policy, _without: ReadonlySet<Signal>): Watch {
  return {
    before: (facts) => facts,
    see: () => undefined,
    seeAfterExit: () => undefined,
    campaigns: () => [],
    assigned: (played) => played,
  };
}
