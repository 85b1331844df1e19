import { DateTime } from 'luxon';
import { type CallFacts, listedNumber } from '../../src/call/facts.ts';
import type { AfterExit, Outcome } from '../../src/call/outcome.ts';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { CampaignDetector } from '../../src/campaigns/campaign-detector.ts';
import { CampaignIndex } from '../../src/campaigns/campaign-index.ts';
import { AttackLevels } from '../../src/levels/attack-levels.ts';
import { calmState, type LevelState, levelFacts, levelsAt } from '../../src/levels/level-state.ts';
import { isListed } from '../../src/policy/decision.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { PlayedCall } from './played-call.ts';

/** What each signal gives can be switched off, to see what it is worth. */
export const signals = ['verification', 'history', 'campaigns', 'levels', 'claimed-names', 'decoys'] as const;
export type Signal = (typeof signals)[number];

/** The node that watches looks this often, and the others know by the next time. */
const tickMs = 2_000;
/** As far back as a campaign that has just been recognized finds its calls. */
const rememberedMs = 3_600_000;

/**
 * What watches over all calls together: told of each that is over, it says of the ones that come to which campaign they belong and
 * which level holds. Late as the nodes of a site learn it.
 */
export class SiteWatch {
  readonly #detector = new CampaignDetector();
  readonly #levels: AttackLevels;
  readonly #without: ReadonlySet<Signal>;
  readonly #policy: Policy;
  /** Facts of the last hour's calls that belong to no campaign so far. */
  #recent: CallFacts[] = [];
  readonly #foundLater = new Map<string, string>();
  readonly #campaigns = new Map<string, Campaign>();
  /** As the watching node has them, and as a node that follows it. */
  #newest = new CampaignIndex([]);
  #index = new CampaignIndex([]);
  #slot = { hour: 0, is: 0 };
  #tickedAt = Number.NEGATIVE_INFINITY;
  #found: LevelState = calmState;
  #followed: LevelState = calmState;
  /** Ms at each level of the board, and of call-back surges. */
  readonly #lasted: Record<string, number> = {};

  constructor(policy: Policy, without: ReadonlySet<Signal>) {
    this.#without = without;
    this.#policy = policy;
    const zone = policy.settings.timeZone ?? 'utc';
    this.#levels = new AttackLevels({
      limits: () => policy.settings.attackLevels,
      departmentsOf: () => [],
      slotOf: (at) => {
        const hour = Math.floor(at / 3_600_000);
        if (this.#slot.hour !== hour) {
          const time = DateTime.fromMillis(at, { zone });
          this.#slot = { hour, is: time.isWeekend ? 24 + time.hour : time.hour };
        }
        return this.#slot.is;
      },
    });
  }

  /** The facts with what is known now. */
  before(facts: CallFacts): CallFacts {
    this.#tick(facts.now);
    const campaign = this.#without.has('campaigns') ? null : this.#campaignOf(facts, this.#index);
    const known = levelsAt({ state: this.#followed, byHand: [] }, facts.now);
    const levels = this.#without.has('levels') ? {} : levelFacts(known, facts.called.number, () => false);
    const told = {
      ...facts,
      ...(!this.#without.has('campaigns') && { campaign: campaign?.id ?? null }),
      ...(!this.#without.has('levels') && { site: levels }),
    };
    if (campaign === null) this.#recent.push(told);
    return told;
  }

  see(outcome: Outcome): void {
    this.#tick(outcome.facts.now + outcome.timings.exitMs);
    if (!this.#without.has('campaigns')) this.#detector.see(outcome);
    this.#levels.see(outcome);
  }

  seeAfterExit(callId: string, afterExit: AfterExit): void {
    if (!this.#without.has('campaigns')) this.#detector.seeAfterExit(callId, afterExit);
    this.#levels.seeLater(callId, afterExit);
  }

  /** All that were recognized. */
  campaigns(): readonly Campaign[] {
    return [...this.#campaigns.values()];
  }

  /** The calls, each with the campaign that it was found to belong to after it was over. */
  assigned(played: readonly PlayedCall[]): readonly PlayedCall[] {
    return played.map((call) => ({
      ...call,
      campaign: call.campaign ?? this.#foundLater.get(call.callId) ?? null,
    }));
  }

  /** Minutes of the month for which the board was at a level, or a number had a call-back surge. */
  minutes(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      Object.entries(this.#lasted).map(([what, ms]) => [what, Math.round(ms / 60_000)]),
    );
  }

  #campaignOf(facts: CallFacts, index: CampaignIndex): Campaign | null {
    const found = index.matching(facts);
    if (found === null) return null;
    const number = facts.verification.result === 'failed' ? null : listedNumber(facts.caller);
    return number !== null && isListed(number, this.#policy, facts.now) ? null : found;
  }

  #tick(now: number): void {
    if (now - this.#tickedAt < tickMs) return;
    const since = Math.min(now - this.#tickedAt, rememberedMs);
    this.#tickedAt = now;
    for (const { scope, level } of this.#found.levels)
      if (scope === 'board') this.#count(`board ${level}`, since);
    if (this.#found.surges.length > 0) this.#count('call-back surge', since);
    this.#followed = this.#found;
    const active = this.#detector.tick(now);
    this.#index = this.#newest;
    if (this.#detector.sizes.campaigns > 0) this.#newest = new CampaignIndex(this.#detector.all());
    for (const one of active) {
      if (!this.#campaigns.has(one.id)) this.#findLater(now);
      this.#campaigns.set(one.id, one);
    }
    this.#levels.campaigns(active);
    this.#found = this.#levels.tick(now);
    if (this.#recent.length > 2_000)
      this.#recent = this.#recent.filter((one) => one.now > now - rememberedMs);
  }

  #count(what: string, ms: number): void {
    this.#lasted[what] = (this.#lasted[what] ?? 0) + ms;
  }

  #findLater(now: number): void {
    this.#recent = this.#recent.filter((facts) => {
      if (facts.now <= now - rememberedMs) return false;
      const found = this.#campaignOf(facts, this.#newest);
      if (found !== null) this.#foundLater.set(facts.callId, found.id);
      return found === null;
    });
  }
}
