import type { CallFacts } from '../../src/call/facts.ts';
import type { AfterExit, Outcome } from '../../src/call/outcome.ts';

/** What each signal gives can be switched off, to see what it is worth. */
export const signals = ['verification', 'history', 'campaigns', 'levels'] as const;
export type Signal = (typeof signals)[number];

/** What watches over all calls together: told of each that is over, it says more of the ones that come. */
export interface Watch {
  /** The facts with what is known of campaigns and levels now. No I/O. */
  before(facts: CallFacts): CallFacts;
  see(outcome: Outcome): void;
  seeAfterExit(callId: string, afterExit: AfterExit): void;
}

export const noWatch: Watch = {
  before: (facts) => facts,
  see: () => undefined,
  seeAfterExit: () => undefined,
};
