import type { CallFilter } from '../../call/call-filter.ts';
import type {
  CallPage,
  CallRange,
  CallRecord,
  CallRecords,
  ChallengeCounts,
  ChangedVerdict,
  CountDimension,
  HourOfWeek,
  NotPassed,
  ReportSummary,
  StepCount,
  TopCallers,
  ValueCount,
} from '../../call/call-records.ts';
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
export class RedisRangeRecords implements CallRecords {
  readonly #follower: StreamFollower;
  readonly #records: SqlCallRecords;

  private constructor(follower: StreamFollower, records: SqlCallRecords) {
    this.#follower = follower;
    this.#records = records;
  }

  static async open(redis: RedisClient, names: CallerNames = plainNames): Promise<RedisRangeRecords> {
    const database = await SqlDatabase.open(':memory:');
    const follower = new StreamFollower({ database, redis, log: silentLog });
    // What is asked for was read before.
    const records = new SqlCallRecords({
      database,
      redis,
      names,
      completeSince: () => Number.NEGATIVE_INFINITY,
    });
    return new RedisRangeRecords(follower, records);
  }

  async page(filter: CallFilter, cursor: string | null, limit: number): Promise<CallPage> {
    await this.#read(filter);
    return this.#records.page(filter, cursor, limit);
  }

  async call(id: string): Promise<CallRecord | null> {
    const now = Date.now();
    // Asterisk's ids begin with their time.
    const [, seconds = ''] = /\/(\d{10})\.\d+$/.exec(id) ?? [];
    const told = Number(seconds) * 1000;
    if (told > 0 && told < now + dayMs) {
      await this.#read({ since: told - dayMs, until: told + dayMs });
      const found = await this.#records.call(id);
      if (found !== null) return found;
    }
    for (const days of stepsBackDays) {
      await this.#read({ since: now - days * dayMs, until: now + dayMs });
      const found = await this.#records.call(id);
      if (found !== null) return found;
    }
    return null;
  }

  async counts(dimension: CountDimension, range: CallRange): Promise<readonly ValueCount[]> {
    await this.#read(range);
    return this.#records.counts(dimension, range);
  }

  async timeline(starts: readonly number[], range: CallRange): Promise<readonly StepCount[]> {
    await this.#read(range);
    return this.#records.timeline(starts, range);
  }

  async hoursOfWeek(range: CallRange, zone: string): Promise<readonly HourOfWeek[]> {
    await this.#read(range);
    return this.#records.hoursOfWeek(range, zone);
  }

  async challenges(
    by: 'language' | 'called' | 'attestation',
    range: CallRange,
    most: number,
  ): Promise<ChallengeCounts> {
    await this.#read(range);
    return this.#records.challenges(by, range, most);
  }

  async changedVerdicts(range: CallRange): Promise<readonly ChangedVerdict[]> {
    await this.#read(range);
    return this.#records.changedVerdicts(range);
  }

  async notPassed(range: CallRange, most: number): Promise<readonly NotPassed[]> {
    await this.#read(range);
    return this.#records.notPassed(range, most);
  }

  async summary(range: CallRange, signal?: AbortSignal): Promise<ReportSummary> {
    await this.#read(range);
    return this.#records.summary(range, signal);
  }

  async topCallers(range: CallRange, limit: number): Promise<TopCallers> {
    await this.#read(range);
    return this.#records.topCallers(range, limit);
  }

  #read({ since, until }: CallRange): Promise<void> {
    const now = Date.now();
    const from = Math.max(since, now - stepsBackDays[5] * dayMs);
    return this.#follower.readAll(from, Math.min(until, now + dayMs));
  }
}
