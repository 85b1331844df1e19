import type { CallFacts } from '../call/facts.ts';
import type { AfterExit, Outcome } from '../call/outcome.ts';
import type { Campaign } from './campaign.ts';

/**
 * Recognizes campaigns among finished calls. Pure: no I/O, no clock but the calls' arrival and `tick`; bounded memory whatever
 * numbers are invented.
 */
export class CampaignDetector {
  /** A finished call; in about the order of arrival. `afterExit` when it is known by now; else it may come by `seeAfterExit`. */
  see(_outcome: Outcome, _afterExit?: AfterExit): void {}

  /** What became of a connected call later: how long people talked. Of calls that are not remembered any more nothing happens. */
  seeAfterExit(_callId: string, _afterExit: AfterExit): void {}

  /** Ends what is quiet. The active campaigns at `now` (epoch ms), the latest recognized first. */
  tick(_now: number): readonly Campaign[] {
    return [];
  }

  /** Every campaign that is remembered, those over and dismissed too. */
  all(): readonly Campaign[] {
    return [];
  }

  /** The campaign that a call belongs to by what it shows on arrival; null: none. */
  matching(_facts: CallFacts): Campaign | null {
    return null;
  }
}
