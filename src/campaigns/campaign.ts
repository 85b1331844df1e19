/** What a call shows on arrival; of a campaign: what its calls have in common. All that are given must match. */
export interface CampaignTraits {
  /** The origid claim of a valid signature. */
  readonly origid?: string;
  /** Who signed, of a valid signature. */
  readonly signer?: string;
  /** `A`, `B`, `C`; `signed`: valid without a level; `none`: unsigned; `failed`. */
  readonly attestation?: string;
  /** As src/numbers/exchange.ts has it: `+1312555`. */
  readonly exchange?: string;
  /** The display name in small letters and digits, words divided by one space. */
  readonly claimedName?: string;
  /** E.164. */
  readonly calledNumber?: string;
}

export type CampaignState = 'active' | 'over' | 'dismissed';

/** Calls that belong together though their numbers change. Times are epoch ms. It holds no caller's number. */
export interface Campaign {
  /** `c-2026-11-27-3f2a`: the day of its first call (UTC), then a digest of its traits; the same on each node. */
  readonly id: string;
  /** For people; staff can rename it. */
  readonly name: string;
  /** Why it was recognized, one sentence. */
  readonly reason: string;
  readonly traits: CampaignTraits;
  /** Traits of campaigns that staff merged into it; a call that shows one of them belongs to it too. */
  readonly also?: readonly CampaignTraits[];
  /** `unanswered`: few of its callers passed; `sellers`: they passed, and talk shortly or walk over our numbers. */
  readonly by: 'unanswered' | 'sellers';
  readonly state: CampaignState;
  /** The first of its calls. */
  readonly startedAt: number;
  readonly recognizedAt: number;
  /** The minute with the most calls. */
  readonly peakAt: number;
  readonly lastAt: number;
  /** Null while it is active. */
  readonly endedAt: number | null;
  /** How often it came back within 30 days. */
  readonly returns: number;
  readonly calls: number;
  /** Different callers' numbers; above some hundreds an estimate. */
  readonly numbers: number;
  /** Different numbers of ours that were called; the same. */
  readonly calledNumbers: number;
  /** Over the last ten minutes. */
  readonly callsPerMinute: number;
  /** Stays active until staff unpin it, however quiet it is. */
  readonly pinned: boolean;
  /** While it is over: a single call with its traits belongs to it, and begins it again. */
  readonly returnsAtOnce: boolean;
  /** Id of the campaign that staff merged it into. */
  readonly mergedInto?: string;
}

/** How long a campaign may be quiet and come back as the same. */
export const returnsWithinMs = 30 * 86_400_000;

/** What staff said of a campaign. */
export interface CampaignWords {
  readonly name?: string;
  readonly pinned?: boolean;
  /** Its calls are no campaign, and make none for 30 days. */
  readonly dismissed?: boolean;
  readonly mergedInto?: string;
}
