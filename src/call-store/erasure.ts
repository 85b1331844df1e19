import { randomUUID } from 'node:crypto';
import { expectedFrom } from '../history/redis-expected-calls.ts';
import type { ForgottenCaller } from '../privacy/forgotten.ts';
import { mastersOf, type RedisClient } from '../redis/redis-client.ts';
import { callerKeysPattern, expectedKey, forgettingKey, shardOfKey } from '../redis/redis-keys.ts';
import { callEntry, callJson, outcomeFrom, readEntry } from './stored-entry.ts';
import { isCopyOf, rewriteStream } from './stream-rewrite.ts';

const lockMs = 120_000;
const pageSize = 500;
const scanCount = 2000;

export interface ErasedFromRedis {
  /** Calls whose caller is forgotten, or in whose texts the number stood. */
  readonly outcomes: number;
  /** Passes, windows, flags, opt-outs and what else was kept by caller. */
  readonly keys: readonly string[];
  readonly expected: number;
  /** Records that cannot be read, so that nobody knows whether they hold the number. */
  readonly unreadable: number;
  /** Calls, keys and expected calls that a search afterward still found. */
  readonly left: number;
  /** Servers that were asked to write their files anew, in which older writes stand. */
  readonly rewriting: number;
}

/** `forgetting`: somebody else is at it. */
export class ErasureError extends Error {
  readonly code = 'forgetting';
}

/** Takes a person out of everything in Redis. Every method rejects when Redis does; it may be repeated then. */
export class RedisErasure {
  readonly #redis: RedisClient;
  readonly #lock = randomUUID();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** @throws ErasureError */
  async erase(
    person: ForgottenCaller,
    progress: (calls: number) => void = () => {},
  ): Promise<ErasedFromRedis> {
    if ((await this.#redis.set(forgettingKey, this.#lock, 'PX', lockMs, 'NX')) === null)
      throw new ErasureError('another gatehouse forget is running; try again in two minutes');
    try {
      const keys = await this.#eraseKeys(person);
      const expected = await this.#eraseExpected(person);
      const { outcomes, unreadable } = await this.#eraseRecords(person, progress);
      const kinds = keys.map((key) => key.slice(key.indexOf('}:') + 2)).sort();
      const left =
        (await this.#eraseKeys(person)).length +
        (await this.#eraseExpected(person)) +
        (await this.#eraseRecords(person, () => {})).outcomes;
      return { outcomes, keys: kinds, expected, unreadable, left, rewriting: await this.#rewriteFiles() };
    } finally {
      await this.#unlock();
    }
  }

  async #eraseKeys(person: ForgottenCaller): Promise<string[]> {
    const found = await Promise.all(person.names.map((name) => this.#keys(callerKeysPattern(name))));
    for (const key of found.flat()) await this.#redis.del(key);
    return found.flat();
  }

  async #eraseExpected(person: ForgottenCaller): Promise<number> {
    const rows = await this.#redis.hgetall(expectedKey);
    let erased = 0;
    for (const [field, value] of Object.entries(rows)) {
      const expected = expectedFrom(field, value);
      const isTheirs = expected !== null && person.names.includes(expected.caller);
      if (!isTheirs && !person.mayBeIn(expected?.why ?? value)) continue;
      await this.#redis.hdel(expectedKey, field);
      erased++;
    }
    return erased;
  }

  async #eraseRecords(person: ForgottenCaller, progress: (calls: number) => void) {
    const keys = await this.#keys('gh:{day:*');
    let outcomes = 0;
    let unreadable = 0;
    let read = 0;
    for (const key of keys) {
      const shard = shardOfKey(key);
      if (shard === null) continue;
      if (isCopyOf(shard.records, key)) await this.#redis.del(key);
      if (key !== shard.records) continue;
      const found = await this.#mentioning(key, person, (calls) => {
        read += calls;
        progress(read);
      });
      unreadable += found.unreadable;
      outcomes += found.replaced.size;
      if (found.replaced.size === 0) continue;
      await this.#keepLock();
      await rewriteStream(this.#redis, key, found.replaced);
    }
    return { outcomes, unreadable };
  }

  /** The entries that are to be replaced, by id, with their new fields. */
  async #mentioning(
    key: string,
    person: ForgottenCaller,
    tell: (calls: number) => void,
  ): Promise<{ replaced: Map<string, readonly Buffer[]>; unreadable: number }> {
    const replaced = new Map<string, readonly Buffer[]>();
    let unreadable = 0;
    for (let from = '-'; ; ) {
      const page = await this.#redis.xrangeBuffer(key, from, '+', 'COUNT', pageSize);
      for (const [id, fields] of page) {
        const json = callJson(fields);
        if (json === null && readEntry(fields) === null) unreadable++;
        const outcome = json !== null && person.mayBeIn(json) ? outcomeFrom(json) : null;
        if (outcome === null) continue;
        const kept = person.outcome(outcome);
        if (kept === outcome) continue;
        replaced.set(id.toString(), callEntry(kept));
      }
      tell(page.length);
      await this.#keepLock();
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return { replaced, unreadable };
      from = `(${last[0]}`;
    }
  }

  /** What was written stays in an append-only file until it is written anew. Hosted ones may not let us ask. */
  async #rewriteFiles(): Promise<number> {
    let asked = 0;
    for (const server of mastersOf(this.#redis)) {
      const info = await server.info('persistence');
      if (!/aof_enabled:1/.test(info)) continue;
      asked += await server.bgrewriteaof().then(
        () => 1,
        () => 0,
      );
    }
    return asked;
  }

  async #keys(pattern: string): Promise<string[]> {
    const found = new Set<string>();
    for (const server of mastersOf(this.#redis)) {
      for (let cursor = '0'; ; ) {
        const [next, keys] = await server.scan(cursor, 'MATCH', pattern, 'COUNT', scanCount);
        for (const key of keys) found.add(key);
        if (next === '0') break;
        cursor = next;
      }
    }
    return [...found];
  }

  async #keepLock(): Promise<void> {
    if ((await this.#redis.get(forgettingKey)) === this.#lock)
      await this.#redis.pexpire(forgettingKey, lockMs);
    else throw new ErasureError('another gatehouse forget has begun; try again');
  }

  async #unlock(): Promise<void> {
    if ((await this.#redis.get(forgettingKey)) === this.#lock) await this.#redis.del(forgettingKey);
  }
}
