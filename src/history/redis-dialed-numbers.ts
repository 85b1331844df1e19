import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import type { RecentWrites } from '../redis/recent-writes.ts';
import { type RedisClient, type RedisCommand, runAllOrFail } from '../redis/redis-client.ts';
import { callerKeys } from '../redis/redis-keys.ts';
import type { DialedNumber, DialedNumbers } from '../screening/ports.ts';

/** Keeps beside each dialed number until when it may call back; the longest stands. */
export class RedisDialedNumbers implements DialedNumbers {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;
  readonly #recent: RecentWrites | null;

  /** @param recent repeats it after a failover; null: nothing does */
  constructor(redis: RedisClient, names: CallerNames = plainNames, recent: RecentWrites | null = null) {
    this.#redis = redis;
    this.#names = names;
    this.#recent = recent;
  }

  async remember(dialed: readonly DialedNumber[]): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      const commands = dialed.map(({ number, until }): RedisCommand => {
        const key = callerKeys(this.#names.of(number)).dialed;
        return (to) => to.extendUntil(key, String(until));
      });
      const write = () => runAllOrFail(this.#redis, commands);
      const written = await (this.#recent?.keep(write) ?? write());
      return written.length === dialed.length;
    } catch {
      return false;
    }
  }
}
