import type { CallFacts } from '../call/facts.ts';
import { listedNumber } from '../call/facts.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { CampaignIndex } from '../campaigns/campaign-index.ts';
import type { Log } from '../log/log.ts';
import { withDeadline } from '../process/deadline.ts';
import { RepeatedLook } from '../process/repeated-look.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { RedisCampaigns } from './redis-campaigns.ts';

/** How soon every node follows what was found or said on another. */
const readEveryMs = 2000;
const readWithinMs = 5000;

/** The campaigns that the watching node found, as this node saw them last. No call waits for Redis. */
export class KnownCampaigns {
  readonly #redis: RedisClient;
  readonly #log: Log;
  #known: { readonly all: readonly Campaign[]; readonly index: CampaignIndex } | null = null;
  readonly #look = new RepeatedLook(readEveryMs, () => this.#read());

  constructor(redis: RedisClient, log: Log) {
    this.#redis = redis;
    this.#log = log;
  }

  start(): void {
    this.#look.start();
  }

  close(): void {
    this.#look.close();
  }

  /** All that are remembered, the latest recognized first; empty: none, or not known yet. */
  all(): readonly Campaign[] {
    return this.#known?.all ?? [];
  }

  /**
   * The campaign of a call whose history is known; empty: not known yet. Never throws.
   * @param isListed whether a list has the caller (a number or short code): they belong to none
   */
  facts(call: CallFacts, isListed: (caller: string) => boolean): Pick<CallFacts, 'campaign'> {
    if (this.#known === null) return {};
    const found = this.#known.index.matching(call);
    if (found === null) return { campaign: null };
    const caller = call.verification.result === 'failed' ? null : listedNumber(call.caller);
    return { campaign: caller !== null && isListed(caller) ? null : found.id };
  }

  /** Looks into Redis; while it does not answer the last known campaigns stand. Never rejects. */
  read(): Promise<void> {
    return this.#look.now();
  }

  async #read(): Promise<void> {
    if (this.#redis.status !== 'ready') return;
    try {
      const late = () => new Error('Redis is late');
      const asked = new RedisCampaigns(this.#redis).list(Date.now());
      const all = await withDeadline(() => asked, readWithinMs, late);
      this.#known = { all, index: new CampaignIndex(all) };
    } catch (error) {
      this.#log.debug('The campaigns could not be read', { error: String(error) });
    }
  }
}
