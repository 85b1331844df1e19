import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import { type RedisClient, runAll } from '../redis/redis-client.ts';
import { callerKeys } from '../redis/redis-keys.ts';
import type { DialedNumber, DialedNumbers } from '../screening/ports.ts';

/** Keeps beside each dialed number until when it may call back; the longest stands. */
export class RedisDialedNumbers implements DialedNumbers {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
  }

  async remember(dialed: readonly DialedNumber[]): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      const replies = await runAll(
        this.#redis,
        dialed.map(({ number, until }) => {
          const key = callerKeys(this.#names.of(number)).dialed;
          return (to) => to.extendUntil(key, String(until));
        }),
      );
      return replies.length === dialed.length && replies.every(([error]) => error === null);
    } catch {
      return false;
    }
  }
}
