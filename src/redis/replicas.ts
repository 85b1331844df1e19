import type { Redis } from 'ioredis';
import { mastersOf, type RedisClient } from './redis-client.ts';

/** For replicas that are well: they acknowledge within a round trip. */
const waitMs = 1_000;

/**
 * Whether the replicas have what was written on this connection before (WAIT): a sentence when some have not, so that a failover
 * may lose it; null when they have, or when there are none, or this user may not ask. A replica that is not connected is noticed only behind Sentinels,
 * and only when it is the last. Rejects when Redis does not answer.
 */
export async function replicasBehind(redis: RedisClient): Promise<string | null> {
  const found = await Promise.all(mastersOf(redis).map(behind)).catch((error: Error) => {
    // Without the right to ask nothing is known, as before.
    if (error.name === 'ReplyError') return [];
    throw error;
  });
  return found.find((one) => one !== null) ?? null;
}

async function behind(server: Redis): Promise<string | null> {
  const [, count = '0'] = /^connected_slaves:(\d+)/m.exec(await server.info('replication')) ?? [];
  const replicas = Number(count);
  if (replicas === 0)
    return server.options.sentinels ? 'no replica is connected to the Redis that has it' : null;
  const have = await server.wait(replicas, waitMs);
  return have >= replicas ? null : `${have} of ${replicas} replicas of Redis have it`;
}
