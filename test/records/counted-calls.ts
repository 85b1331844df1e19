import type { Redis } from 'ioredis';
import type { Counted } from '../../src/records/call-counts.ts';
import { countsKey, shardKeysBetween } from '../../src/records/redis-keys.ts';

/** Calls of each value of a dimension, hours and shards added up, of the UTC days between (epoch ms). */
export async function countedCalls(
  redis: Redis,
  counted: Counted,
  since: number,
  until = since,
): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const shard of shardKeysBetween(since, until).flat()) {
    for (const [value, packed] of Object.entries(await redis.hgetallBuffer(countsKey(shard, counted)))) {
      for (let at = 0; at < packed.length; at += 4)
        sums[value] = (sums[value] ?? 0) + packed.readUIntBE(at + 1, 3);
    }
  }
  return sums;
}
