import type { Redis } from 'ioredis';
import type { CountDimension } from '../../src/call/call-records.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';

const dayMs = 86_400_000;

/** Calls of each value of a dimension, of the UTC days between (epoch ms). */
export async function countedCalls(
  redis: Redis,
  counted: CountDimension,
  since: number,
  until = since,
): Promise<Record<string, number>> {
  const dayOf = (at: number) => Math.floor(at / dayMs) * dayMs;
  const records = await RedisRangeRecords.open(redis);
  const rows = await records.counts(counted, { since: dayOf(since), until: dayOf(until) + dayMs });
  return Object.fromEntries(rows.map(({ value, calls }) => [value, calls]));
}
