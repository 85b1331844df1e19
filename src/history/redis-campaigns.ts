import type { Campaign, CampaignWords } from '../campaigns/campaign.ts';
import { CampaignDetector } from '../campaigns/campaign-detector.ts';
import { campaignsFrom, wordsFrom } from '../campaigns/stored-campaigns.ts';
import { type RedisClient, runAllOrFail } from '../redis/redis-client.ts';
import { campaignsKey, campaignWordsKey } from '../redis/redis-keys.ts';

/** How long campaigns are remembered after the last was written. */
export const campaignsKeptMs = 90 * 86_400_000;
const mostSaid = 2000;

/** Campaigns of all nodes, as Redis has them. Every method rejects when Redis does. */
export class RedisCampaigns {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** All that are remembered, as staff left them; the latest recognized first. `now` in epoch ms. */
  async list(now: number): Promise<readonly Campaign[]> {
    const [found, said] = await Promise.all([
      this.#redis.hgetall(campaignsKey),
      this.#redis.hgetall(campaignWordsKey),
    ]);
    // What was just said is in force before the watching node has heeded it.
    const detector = new CampaignDetector();
    detector.restore(campaignsFrom(found));
    for (const [id, words] of wordsFrom(said)) detector.heed(id, words, now);
    return detector.all();
  }

  /** Adds to what staff said of a campaign. */
  async say(id: string, words: CampaignWords): Promise<void> {
    const before = wordsFrom({ [id]: (await this.#redis.hget(campaignWordsKey, id)) ?? '' }).get(id);
    if ((await this.#redis.hlen(campaignWordsKey)) >= mostSaid && before === undefined)
      throw new Error(`more was said of campaigns than is kept (${mostSaid})`);
    await runAllOrFail(this.#redis, [
      (to) => to.hset(campaignWordsKey, id, JSON.stringify({ ...before, ...words })),
      (to) => to.pexpire(campaignWordsKey, campaignsKeptMs),
    ]);
  }
}
