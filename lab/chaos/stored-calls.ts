import type { CallRecord } from '../../src/call/call-records.ts';
import { RedisRangeRecords } from '../../src/call-store/projection/redis-range-records.ts';
import { silentLog } from '../../src/log/log.ts';
import { connectRedis, redisReady } from '../../src/redis/redis-connection.ts';

const dayMs = 86_400_000;
const pageSize = 500;

/** Every record in that Redis, by SIP Call-ID. Rejects when Redis does not answer. */
export async function storedCalls(redisUrl: string): Promise<ReadonlyMap<string, readonly CallRecord[]>> {
  const redis = connectRedis(redisUrl, silentLog, { name: 'chaos', commandTimeoutMs: 5000 });
  try {
    await redisReady(redis, 20_000);
    const records = await RedisRangeRecords.open(redis);
    const range = { since: Date.now() - dayMs, until: Date.now() + dayMs };
    const all: CallRecord[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await records.page(range, cursor, pageSize);
      all.push(...page.calls);
      cursor = page.next;
      if (cursor === null) break;
    }
    return Map.groupBy(all, ({ outcome }) => outcome.facts.sipCallId ?? '');
  } finally {
    redis.disconnect();
  }
}
