import { RedisCallRecords } from '../records/redis-call-records.ts';
import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import type { Outcome } from '../screening/outcome.ts';

const redisWaitMs = 3_000;
const redisCommandMs = 20_000;

/**
 * The outcome of one call in Redis, by its call id or the carrier's SIP Call-ID; of several with one SIP Call-ID the
 * latest. Null when there is none since then (epoch ms). @throws RedisConnectionError
 */
export async function findRecordedCall(url: string, id: string, since: number): Promise<Outcome | null> {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const redis = connectRedis(url, silent, { name: 'gatehouse-explain', commandTimeoutMs: redisCommandMs });
  try {
    await redisReady(redis, redisWaitMs);
    const outcome = (await new RedisCallRecords(redis).call(id))?.outcome ?? null;
    return outcome !== null && outcome.facts.now >= since ? outcome : null;
  } catch (error) {
    if (error instanceof RedisConnectionError) throw error;
    throw new RedisConnectionError(
      'redis-away',
      `Redis: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    redis.disconnect();
  }
}
