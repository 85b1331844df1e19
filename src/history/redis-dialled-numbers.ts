import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import { type RedisClient, runAll } from '../redis/redis-client.ts';
import { callerKeys } from '../redis/redis-keys.ts';
import type { DialledNumber, DialledNumbers } from '../screening/ports.ts';

/** Keeps beside each dialled number until when it may call back; the longest stands. */
export class RedisDialledNumbers implements DialledNumbers {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
  }

  async remember(dialled: readonly DialledNumber[]): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      const replies = await runAll(
        this.#redis,
        dialled.map(({ number, until }) => {
          const key = callerKeys(this.#names.of(number)).dialled;
          return (to) => to.extendUntil(key, String(until));
        }),
      );
      return replies.length === dialled.length && replies.every(([error]) => error === null);
    } catch {
      return false;
    }
  }
}
