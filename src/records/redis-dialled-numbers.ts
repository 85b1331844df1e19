import type { Redis } from 'ioredis';
import type { DialledNumber } from './dialled-note.ts';
import type { DialledNumbers } from './dialled-notes.ts';
import { callerKeys } from './redis-keys.ts';

/** Keeps beside each dialled number until when it may call back; the longest stands. */
export class RedisDialledNumbers implements DialledNumbers {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  async remember(dialled: readonly DialledNumber[]): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      const pipeline = this.#redis.pipeline();
      for (const { number, until } of dialled)
        pipeline.extendUntil(callerKeys(number).dialled, String(until));
      const replies = (await pipeline.exec()) ?? [];
      return replies.length === dialled.length && replies.every(([error]) => error === null);
    } catch {
      return false;
    }
  }
}
