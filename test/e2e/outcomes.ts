import { until } from '../../lab/child.ts';
import type { Lab } from '../../lab/lab.ts';
import type { Outcome } from '../../src/call/outcome.ts';
import { silentLog } from '../../src/log/log.ts';
import type { RedisClient } from '../../src/redis/redis-client.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';
import { RedisOutcomes } from '../fakes/redis-outcomes.ts';

/** Everything that is in the lab's Redis now. */
export async function readOutcomes(lab: Lab): Promise<Outcome[]> {
  const redis = connectRedis(lab.redis.url, silentLog, { name: 'test', commandTimeoutMs: 20_000 });
  try {
    await redisReady(redis, 20_000);
    return await allOutcomes(redis);
  } finally {
    redis.disconnect();
  }
}

async function allOutcomes(redis: RedisClient): Promise<Outcome[]> {
  const found: Outcome[] = [];
  const source = new RedisOutcomes(redis);
  for await (const outcome of source.between(Date.now() - 3_600_000, Date.now() + 60_000))
    found.push(outcome);
  return found;
}

/**
 * Waits until the outcomes of these calls (by SIP Call-ID) are in Redis, and a moment more, so that a doubled one would
 * show. Rejects after `timeoutMs`.
 */
export async function outcomesOf(
  lab: Lab,
  sipCallIds: readonly string[],
  timeoutMs = 20_000,
): Promise<Map<string, Outcome[]>> {
  const wanted = new Set(sipCallIds);
  const collect = async (): Promise<Map<string, Outcome[]>> => {
    const found = new Map<string, Outcome[]>();
    for (const outcome of await readOutcomes(lab)) {
      const id = outcome.facts.sipCallId;
      if (wanted.has(id)) found.set(id, [...(found.get(id) ?? []), outcome]);
    }
    return found;
  };
  await until(
    `${wanted.size} outcomes in Redis`,
    timeoutMs,
    async () => ((await collect().catch(() => new Map())).size >= wanted.size ? true : null),
    250,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  return collect();
}

/** The one outcome of a call; throws when there are none or several. */
export async function outcomeOf(lab: Lab, sipCallId: string, timeoutMs?: number): Promise<Outcome> {
  const found = (await outcomesOf(lab, [sipCallId], timeoutMs)).get(sipCallId) ?? [];
  const [outcome] = found;
  if (outcome === undefined || found.length !== 1)
    throw new Error(`${found.length} outcomes of ${sipCallId}`);
  return outcome;
}
