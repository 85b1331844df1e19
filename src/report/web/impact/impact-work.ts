import type { FollowUps } from '../../../call/staff/follow-ups.ts';
import type { Expectation } from '../callers/about-callers.ts';

/** What staff do for callers who were perhaps harmed; they are expected on their own page. Every method rejects when Redis does. */
export interface ImpactWork {
  readonly followUps: FollowUps;
  /** Calls that are expected and not over, callers as records have them. */
  expected(now: number): Promise<readonly (Expectation & { readonly caller: string })[]>;
}
