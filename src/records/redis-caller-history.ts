import type { Redis } from 'ioredis';
import type { CallHistory } from '../policy/facts.ts';
import type { CallerHistory } from '../screening/ports.ts';
import { withDeadline } from './deadline.ts';
import { passKey } from './redis-keys.ts';

/** `deadline`: not answered in time; `unavailable`: Redis is away, or answered with an error. */
export class CallerHistoryError extends Error {
  readonly code: 'deadline' | 'unavailable';
  constructor(code: 'deadline' | 'unavailable', message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CallerHistoryError';
    this.code = code;
  }
}

export class RedisCallerHistory implements CallerHistory {
  readonly #redis: Redis;

  /** The connection should be its own: behind a batch of outcomes a caller would wait. */
  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** At once with `unavailable` when Redis is known to be away; otherwise one round trip of at most `deadlineMs`. */
  async read(callerNumber: string, deadlineMs: number): Promise<CallHistory> {
    if (this.#redis.status !== 'ready') throw new CallerHistoryError('unavailable', 'Redis is away');
    const late = () => new CallerHistoryError('deadline', `no answer from Redis within ${deadlineMs} ms`);
    try {
      return {
        passUntil: epochMs(await withDeadline(this.#redis.get(passKey(callerNumber)), deadlineMs, late)),
      };
    } catch (error) {
      if (error instanceof CallerHistoryError) throw error;
      throw new CallerHistoryError('unavailable', 'caller history could not be read', error);
    }
  }
}

function epochMs(text: string | null): number | null {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
