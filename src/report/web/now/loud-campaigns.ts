import type { CallFilter } from '../../../call/call-filter.ts';
import type { CallRecords } from '../../../call/call-records.ts';
import type { ChallengeResult } from '../../../call/vocabulary.ts';
import type { Campaign } from '../../../campaigns/campaign.ts';
import { campaignCalls } from '../../../campaigns/campaign-calls.ts';
import { campaignEventId } from '../../../site-events/events-of-state.ts';
import type { SiteEvent } from '../../../site-events/site-event.ts';

/** A campaign of this many calls a minute, or just recognized, is not everyday. Sellers who call twice an hour are. */
const loudPerMinute = 0.5;
const newForMs = 1_800_000;
const mostCounted = 3;
/** It was back for some time before that was seen. */
const beforeBackMs = 600_000;

/** Those that make the headline, the loudest first. */
export function loudCampaigns(all: readonly Campaign[], now: number): Campaign[] {
  return all
    .filter(
      ({ state, callsPerMinute, recognizedAt }) =>
        state === 'active' && (callsPerMinute >= loudPerMinute || now - recognizedAt < newForMs),
    )
    .sort((a, b) => b.callsPerMinute - a.callsPerMinute || b.recognizedAt - a.recognizedAt);
}

/** Since when it goes on, this time. Epoch ms. */
export function campaignSince(campaign: Campaign, events: readonly SiteEvent[]): number {
  if (campaign.returns === 0) return campaign.startedAt;
  const back = events.find(({ id }) => id === campaignEventId(campaign))?.at;
  return back === undefined ? campaign.peakAt : back - beforeBackMs;
}

export type Shared = ChallengeResult | 'rejected';

/** What became of its calls since `since`. */
export interface CampaignCounts {
  readonly since: number;
  readonly calls: number;
  /** What most of them did; null: nothing is known of them. */
  readonly most: { readonly what: Shared; readonly calls: number } | null;
}

/** Of the loudest, by id. Rejects when the records do. */
export async function countCampaigns(
  records: CallRecords,
  campaigns: readonly Campaign[],
  events: readonly SiteEvent[],
  now: number,
): Promise<ReadonlyMap<string, CampaignCounts>> {
  const loud = loudCampaigns(campaigns, now).slice(0, mostCounted);
  const counted = loud.map(async (campaign): Promise<readonly [string, CampaignCounts]> => {
    const since = campaignSince(campaign, events);
    const filter = { since, until: now + 60_000, ...campaignCalls(campaign) } as CallFilter;
    const [places, results] = await Promise.all([
      records.counts('where', filter),
      records.counts('challenge', filter),
    ]);
    const calls = places.reduce((all, one) => all + one.calls, 0);
    const rejected = places.find(({ value }) => value === 'rejected')?.calls ?? 0;
    const found = results.map(({ value, calls: many }) => ({ what: value as Shared, calls: many }));
    const [most = null] = [...found, { what: 'rejected' as const, calls: rejected }]
      .filter((one) => one.calls > 0)
      .sort((a, b) => b.calls - a.calls);
    return [campaign.id, { since, calls, most }];
  });
  return new Map(await Promise.all(counted));
}
