import type { Campaign } from '../../../../campaigns/campaign.ts';
import type { SiteEvent } from '../../../../site-events/site-event.ts';
import type { Recorded } from '../../now/now-source.ts';
import type { ListsView, LiveCallView, LiveView, PolicyView, RuleView } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';

/** All that is on the page Now. */
export interface NowData {
  readonly live: readonly LiveCallView[];
  readonly health: ReturnType<LiveView['health']>;
  readonly policy: ReturnType<PolicyView['status']>;
  readonly mode: ReturnType<PolicyView['mode']>;
  readonly rules: () => readonly RuleView[];
  readonly lists: ReturnType<ListsView['all']>;
  readonly campaigns: readonly Campaign[];
  /** Ids of the rules that answer campaigns now. */
  readonly campaignRules: readonly string[];
  readonly events: readonly SiteEvent[];
  readonly recorded: Recorded;
  readonly now: number;
  readonly numbers: PageNumbers;
  /** The visitor may see full numbers here. */
  readonly mayShowWhole: boolean;
}
