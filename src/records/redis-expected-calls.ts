import { type CallerNames, plainNames } from './caller-names.ts';
import { type ExpectedCall, expectedField, expectedFrom, expectedValue } from './expected-call.ts';
import type { RedisClient } from './redis-client.ts';
import { callerKeys, expectedKey } from './redis-keys.ts';

/** How many windows there may be at a time: they are written by hand, and a list is the place for more. */
const mostExpectedCalls = 10_000;

/** `expected-too-many`: end or remove some first. */
export class ExpectedCallsError extends Error {
  readonly code = 'expected-too-many';
}

/** The windows in which staff expect calls. Every method rejects when Redis does. */
export class RedisExpectedCalls {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;

  constructor(redis: RedisClient, names: CallerNames = plainNames) {
    this.#redis = redis;
    this.#names = names;
  }

  /**
   * Notes one; the same caller at the same called number replaces the window before. `now` in epoch ms. Rejects with
   * ExpectedCallsError, or RedisKeyError when the caller is not E.164.
   */
  async add(call: ExpectedCall, now: number): Promise<void> {
    // Only for its check: the call that reads the window makes keys of the same number.
    const caller = this.#names.of(call.caller);
    callerKeys(caller);
    const args = [expectedField(caller, call.called), expectedValue(call), String(now)];
    const noted = await this.#redis.expectCall(
      expectedKey,
      ...args,
      String(mostExpectedCalls),
      String(call.until),
    );
    if (noted !== 1)
      throw new ExpectedCallsError(`${mostExpectedCalls} calls are expected already: a list can hold more`);
  }

  /** Those that are not over, the first to end first; callers as they are stored. `now` in epoch ms. */
  async list(now: number): Promise<ExpectedCall[]> {
    const rows = await this.#redis.hgetall(expectedKey);
    return Object.entries(rows)
      .flatMap(([field, value]) => expectedFrom(field, value) ?? [])
      .filter(({ until }) => until > now)
      .sort((a, b) => a.until - b.until);
  }

  /** False when it was not there. `called` null: the window at any number. */
  async remove(caller: string, called: string | null): Promise<boolean> {
    return (await this.#redis.hdel(expectedKey, expectedField(this.#names.of(caller), called))) === 1;
  }
}
