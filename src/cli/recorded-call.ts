import { connectRedis, RedisConnectionError, redisReady } from '../records/redis-connection.ts';
import { RedisOutcomeLines } from '../records/redis-outcome-lines.ts';
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
    // As it stands in JSON, so that only the lines that have it are parsed.
    const wanted = Buffer.from(JSON.stringify(id).slice(1, -1));
    let latest: Outcome | null = null;
    for await (const page of new RedisOutcomeLines(redis, since, Date.now()).pages()) {
      for (const line of page) {
        if (!line.includes(wanted)) continue;
        const outcome = outcomeWith(line, id);
        if (outcome?.callId === id) return outcome;
        if (outcome !== null && (latest === null || outcome.facts.now > latest.facts.now)) latest = outcome;
      }
    }
    return latest;
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

function outcomeWith(line: Buffer, id: string): Outcome | null {
  try {
    const outcome = JSON.parse(line.toString('utf8')) as Outcome;
    const isIt = outcome.schema === 1 && (outcome.callId === id || outcome.facts.sipCallId === id);
    return isIt ? outcome : null;
  } catch {
    return null;
  }
}
