import type { CallFacts, Signals } from '../call/facts.ts';
import type { Decision } from '../call/verdict.ts';
import type { Log } from '../log/log.ts';
import type { Clock } from '../process/clock.ts';
import type { Admits } from './admission.ts';
import type { CallerHistory, OutcomeLog, PromptMedia } from './ports.ts';

export interface SessionDeps {
  /** Decides by the policy in force; may throw. */
  readonly decide: (facts: CallFacts) => Decision;
  readonly history: CallerHistory;
  /** What is true of the whole site, and of the called number, when the call comes; never throws. Left out: nothing is known. */
  readonly siteFacts?: (call: CallFacts) => Pick<CallFacts, 'site'>;
  /** What the call shows beside its numbers; never throws. Left out: nothing. */
  readonly signals?: (facts: CallFacts) => Signals | undefined;
  /** Whether it is worth asking which calls of ours are in progress. Left out: never. */
  readonly isOwnNumber?: (number: string) => boolean;
  /** To which campaign a call belongs, its history known by now; never throws. Left out: not known. */
  readonly campaignFacts?: (call: CallFacts) => Pick<CallFacts, 'campaign'>;
  readonly outcomes: OutcomeLog;
  readonly promptMedia: PromptMedia;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 to below 1; not to be guessed by a caller. */
  readonly random: () => number;
  readonly historyDeadlineMs: number;
  /** Never throws. */
  readonly historyFailed: (callId: string, error: unknown) => void;
  /** None: every call is screened, however many there are. */
  readonly admission?: Admits;
  /** Longest wait for one ARI request, above the adapter's own deadline. */
  readonly requestDeadlineMs: number;
}
