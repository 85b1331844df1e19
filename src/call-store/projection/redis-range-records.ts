import type { CallRange, CallRecord } from '../../call/call-records.ts';
import { silentLog } from '../../log/log.ts';
import { type CallerNames, plainNames } from '../../privacy/caller-names.ts';
import type { RedisClient } from '../../redis/redis-client.ts';
import { SqlCallRecords } from './sql-call-records.ts';
import { SqlDatabase } from './sql-database.ts';
import { StreamFollower } from './stream-follower.ts';

const dayMs = 86_400_000;
/** How far back a call is looked for at a time, when its id does not say its day. */
const stepsBackDays = [1, 7, 30, 90, 400, 3650] as const;

/**
 * Records where there is no projection: the days that a question is about are read from Redis into memory, some ten thousand
 * calls a second, and answered there. Rejects when Redis does.
 */
export class RedisRangeRecords extends SqlCallRecords {
  static async open(redis: RedisClient, names: CallerNames = plainNames): Promise<RedisRangeRecords> {
    const database = await SqlDatabase.open(':memory:');
    const follower = new StreamFollower({ database, redis, log: silentLog });
    const complete = ({ since, until }: CallRange): Promise<void> => {
      const now = Date.now();
      const from = Math.max(since, now - stepsBackDays[5] * dayMs);
      return follower.readAll(from, Math.min(until, now + dayMs));
    };
    return new RedisRangeRecords({ database, redis, names, complete });
  }

  /** The days before are read only until it is found. */
  override async call(id: string): Promise<CallRecord | null> {
    const now = Date.now();
    // Asterisk's ids begin with their time.
    const [, seconds = ''] = /\/(\d{10})\.\d+$/.exec(id) ?? [];
    const told = Number(seconds) * 1000;
    const around = told > 0 && told < now + dayMs ? [{ since: told - dayMs, until: told + dayMs }] : [];
    const before = stepsBackDays.map((days) => ({ since: now - days * dayMs, until: now + dayMs }));
    for (const range of [...around, ...before]) {
      await this.source.complete(range);
      const found = await this.found(id);
      if (found !== null) return found;
    }
    return null;
  }
}
