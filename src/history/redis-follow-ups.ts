import { callDigest } from '../call/call-id.ts';
import type { CallRange } from '../call/call-records.ts';
import { type FollowUp, type FollowUps, type MissedCall, readFollowUp } from '../call/staff/follow-ups.ts';
import type { RecentWrites } from '../redis/recent-writes.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../redis/redis-client.ts';
import { followUpsKey, shardExpiresAt } from '../redis/redis-keys.ts';

const longestWho = 200;
const dayMs = 86_400_000;

/** A hash a day of arrival, which expires with the records of that day. */
export class RedisFollowUps implements FollowUps {
  readonly #redis: RedisClient;
  readonly #retentionMs: number;
  readonly #recent: RecentWrites | null;

  /** @param recent repeats what was said after a failover; null: nothing does */
  constructor(redis: RedisClient, retentionMs: number, recent: RecentWrites | null = null) {
    this.#redis = redis;
    this.#retentionMs = retentionMs;
    this.#recent = recent;
  }

  async read(calls: readonly MissedCall[]): Promise<ReadonlyMap<string, FollowUp>> {
    const days = [...Map.groupBy(calls, ({ arrivedAt }) => followUpsKey(arrivedAt))];
    const answers = await runAllOrFail(
      this.#redis,
      days.map(([key, own]): RedisCommand => {
        const fields = own.map(({ callId }) => callDigest(callId));
        return (to) => to.hmget(key, ...fields);
      }),
    );
    return new Map(
      days.flatMap(([, own], day) =>
        own.flatMap(({ callId }, at) => {
          const found = readFollowUp((answers[day] as readonly unknown[] | undefined)?.[at]);
          return found === null ? [] : [[callId, found] as const];
        }),
      ),
    );
  }

  async count({ since, until }: CallRange): Promise<number> {
    const days = Array.from({ length: Math.floor(until / dayMs) - Math.floor(since / dayMs) + 1 }, (_, day) =>
      followUpsKey(since + day * dayMs),
    );
    const counts = await runAllOrFail(
      this.#redis,
      days.map(
        (key): RedisCommand =>
          (to) =>
            to.hlen(key),
      ),
    );
    return counts.reduce((sum: number, found) => sum + Number(found), 0);
  }

  async done({ callId, arrivedAt }: MissedCall, { at, who }: FollowUp): Promise<boolean> {
    const value = JSON.stringify({ at, who: who.slice(0, longestWho) });
    const expires = String(shardExpiresAt(arrivedAt, this.#retentionMs));
    const args = [followUpsKey(arrivedAt), callDigest(callId), value, expires];
    return this.#write(() => this.#redis.keepOnce(...args));
  }

  async undo({ callId, arrivedAt }: MissedCall): Promise<boolean> {
    return this.#write(() => this.#redis.hdel(followUpsKey(arrivedAt), callDigest(callId)));
  }

  /** True when it changed something. */
  async #write(write: () => Promise<unknown>): Promise<boolean> {
    return (await (this.#recent?.keep(write) ?? write())) === 1;
  }
}
