import type { CallFacts } from '../call/facts.ts';
import { keyOfTraits, type TraitKey, traitKeys } from './call-traits.ts';
import type { Campaign } from './campaign.ts';
import { takesCalls } from './running-campaign.ts';

/** Looks up the campaign of a call by what it shows on arrival: some look-ups in a map, however many campaigns there are. */
export class CampaignIndex {
  readonly #campaigns = new Map<TraitKey, Campaign>();

  constructor(campaigns: Iterable<Campaign>) {
    for (const campaign of campaigns)
      for (const traits of [campaign.traits, ...(campaign.also ?? [])]) {
        const key = keyOfTraits(traits);
        if (key !== null && campaign.state !== 'dismissed') this.#campaigns.set(key, campaign);
      }
  }

  /** Null: none. Whom we called or expect belongs to none, whatever they show. */
  matching(facts: CallFacts): Campaign | null {
    if (this.#campaigns.size === 0 || isAwaited(facts)) return null;
    for (const key of traitKeys(facts)) {
      const campaign = this.#campaigns.get(key);
      if (campaign !== undefined && takesCalls(campaign, facts.now)) return campaign;
    }
    return null;
  }
}

/** Our people called them, or announced the call. A pass says less: who presses 1 to sell something has one too. */
export function isAwaited({ history, now, verification }: CallFacts): boolean {
  if (history === null || verification.result === 'failed') return false;
  return (history.dialedUntil ?? 0) > now || (history.expected?.until ?? 0) > now;
}
