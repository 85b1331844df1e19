import type { CallFacts } from '../policy/facts.ts';
import type { Decision } from '../policy/verdict.ts';
import type { CallerHistory, Clock, OutcomeLog, PromptMedia, ScreeningLog } from './ports.ts';

export interface SessionDeps {
  /** Decides by the policy in force; may throw. */
  readonly decide: (facts: CallFacts) => Decision;
  readonly history: CallerHistory;
  readonly outcomes: OutcomeLog;
  readonly promptMedia: PromptMedia;
  readonly clock: Clock;
  readonly log: ScreeningLog;
  /** 0 to below 1; not to be guessed by a caller. */
  readonly random: () => number;
  readonly historyDeadlineMs: number;
  /** Longest wait for one ARI request, above the adapter's own deadline. */
  readonly requestDeadlineMs: number;
}
