import type { AfterExit, Outcome } from '../call/outcome.ts';
import type { Campaign } from '../campaigns/campaign.ts';
import { CampaignDetector } from '../campaigns/campaign-detector.ts';
import { readLearntPeople } from '../campaigns/people-memory.ts';
import { campaignsFrom, wordsFrom } from '../campaigns/stored-campaigns.ts';
import { campaignsKeptMs } from '../history/redis-campaigns.ts';
import type { Log } from '../log/log.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { campaignPeopleKey, campaignsKey, campaignWordsKey } from '../redis/redis-keys.ts';
import type { Watcher } from './site-watch/site-watch.ts';

/** Also what did not change is written again so often: Redis may have lost it. */
const writeAllEveryMs = 60_000;
const peopleEveryMs = 600_000;

export interface CampaignWatcherOptions {
  /** Told which campaigns are on, before each is written. */
  readonly onActive: (active: readonly Campaign[]) => void;
  readonly log: Pick<Log, 'warn' | 'info'>;
}

/** Recognizes campaigns in the calls of all nodes, heeds what staff say of them, and writes them for every node. */
export class CampaignWatcher implements Watcher {
  readonly #options: CampaignWatcherOptions;
  readonly #detector = new CampaignDetector();
  /** Id → what Redis has of it. */
  readonly #written = new Map<string, string>();
  #wroteAllAt = Number.NEGATIVE_INFINITY;
  #peopleAt = Number.NEGATIVE_INFINITY;
  #active = new Set<string>();

  constructor(options: CampaignWatcherOptions) {
    this.#options = options;
  }

  async resume(redis: RedisClient, now: number): Promise<void> {
    const [found, people] = await Promise.all([redis.hgetall(campaignsKey), redis.get(campaignPeopleKey)]);
    const campaigns = campaignsFrom(found);
    this.#detector.restore(campaigns, readLearntPeople(people));
    this.#active = new Set(campaigns.filter(({ state }) => state === 'active').map(({ id }) => id));
    this.#peopleAt = now;
  }

  see(outcome: Outcome): void {
    this.#detector.see(outcome);
  }

  seeLater(callId: string, afterExit: AfterExit): void {
    this.#detector.seeAfterExit(callId, afterExit);
  }

  async write(redis: RedisClient, now: number): Promise<void> {
    for (const [id, words] of wordsFrom(await redis.hgetall(campaignWordsKey)))
      this.#detector.heed(id, words, now);
    const active = this.#detector.tick(now);
    this.#options.onActive(active);
    this.#tell(active);
    await this.#writeCampaigns(redis, now);
    if (now - this.#peopleAt < peopleEveryMs) return;
    this.#peopleAt = now;
    await redis.set(campaignPeopleKey, JSON.stringify(this.#detector.learnt(now)), 'PX', campaignsKeptMs);
  }

  async #writeCampaigns(redis: RedisClient, now: number): Promise<void> {
    const isAll = now - this.#wroteAllAt >= writeAllEveryMs;
    const rows = this.#detector.all().map((one) => [one.id, JSON.stringify(one)] as const);
    const changed = rows.filter(([id, row]) => isAll || this.#written.get(id) !== row);
    const ids = new Set(rows.map(([id]) => id));
    const gone = [...this.#written.keys()].filter((id) => !ids.has(id));
    if (changed.length > 0) {
      await redis.hset(campaignsKey, Object.fromEntries(changed));
      await redis.pexpire(campaignsKey, campaignsKeptMs);
    }
    if (gone.length > 0) {
      await redis.hdel(campaignsKey, ...gone);
      await redis.hdel(campaignWordsKey, ...gone);
    }
    for (const [id, row] of changed) this.#written.set(id, row);
    for (const id of gone) this.#written.delete(id);
    if (isAll) this.#wroteAllAt = now;
  }

  #tell(active: readonly Campaign[]): void {
    const { log } = this.#options;
    for (const { id, name, reason, returns } of active)
      if (!this.#active.has(id))
        log.warn(returns === 0 ? 'A campaign was recognized' : 'A campaign is back', { id, name, reason });
    const now = new Set(active.map(({ id }) => id));
    for (const id of this.#active) if (!now.has(id)) log.info('A campaign is over', { id });
    this.#active = now;
  }
}
