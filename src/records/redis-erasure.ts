import { randomUUID } from 'node:crypto';
import type { Outcome } from '../screening/outcome.ts';
import { type Column, emptyRow } from './call-columns.ts';
import { expectedFrom } from './expected-call.ts';
import type { ForgottenCaller } from './forgotten.ts';
import { packRecord } from './packed-record.ts';
import { mastersOf, type RedisClient, type RedisCommand, runAllOrFail } from './redis-client.ts';
import { callerKeysPattern, expectedKey, forgettingKey, type ShardKeys, shardOfKey } from './redis-keys.ts';
import { outcomeFrom } from './stored-outcome.ts';
import { StoredRecords } from './stored-records.ts';
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
  /** Servers that were asked to write their files anew, in which older writes stand. */
  readonly rewriting: number;
}

interface Replacement {
  readonly fields: readonly Buffer[];
  /** Columns by which the call is not to be found any more. */
  readonly emptied: readonly Column[];
}

/** `forgetting`: somebody else is at it. */
export class ErasureError extends Error {
  readonly code = 'forgetting';
}

/** Takes a person out of everything in Redis. Every method rejects when Redis does; it may be repeated then. */
export class RedisErasure {
  readonly #redis: RedisClient;
  readonly #records: StoredRecords;
  readonly #lock = randomUUID();

  constructor(redis: RedisClient) {
    this.#redis = redis;
    this.#records = new StoredRecords(redis);
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
      return { outcomes, keys: kinds, expected, unreadable, rewriting: await this.#rewriteFiles() };
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
      if (isCopyOf(shard.records, key) || isCopyOf(shard.jsonOutcomes, key)) await this.#redis.del(key);
      if (key !== shard.records && key !== shard.jsonOutcomes) continue;
      const found = await this.#mentioning(shard, key, person, (calls) => {
        read += calls;
        progress(read);
      });
      unreadable += found.unreadable;
      outcomes += found.replaced.size;
      if (found.replaced.size === 0) continue;
      await this.#keepLock();
      const fields = [...found.replaced].map(([id, replacement]) => [id, replacement.fields] as const);
      // Rows first: a record that was rewritten would not be found again if this is broken off before its rows are empty.
      if (key === shard.records) await this.#emptyRows(shard, found.replaced);
      await rewriteStream(this.#redis, key, new Map(fields));
    }
    return { outcomes, unreadable };
  }

  /** The entries that are to be replaced, by id, with their new fields. */
  async #mentioning(
    shard: ShardKeys,
    key: string,
    person: ForgottenCaller,
    tell: (calls: number) => void,
  ): Promise<{ replaced: Map<string, Replacement>; unreadable: number }> {
    const replaced = new Map<string, Replacement>();
    let unreadable = 0;
    for (let from = '-'; ; ) {
      const page = await this.#records.page(shard, key, from, pageSize);
      for (const { id, json } of page) {
        if (json === null) unreadable++;
        const outcome = json !== null && person.mayBeIn(json) ? outcomeFrom(json) : null;
        if (outcome === null) continue;
        const kept = person.outcome(outcome);
        if (kept === outcome) continue;
        replaced.set(id, replacementOf(outcome, kept, key === shard.records));
      }
      tell(page.length);
      await this.#keepLock();
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return { replaced, unreadable };
      from = `(${last.id}`;
    }
  }

  /** A digest of a number is as good as the number to whoever tries all numbers. */
  async #emptyRows(shard: ShardKeys, replaced: ReadonlyMap<string, Replacement>): Promise<void> {
    const commands: RedisCommand[] = [];
    const all = [...replaced];
    for (const column of ['callers', 'sips'] as const) {
      const places = all.flatMap(([id, { emptied }]) =>
        emptied.includes(column) ? [String(id.split('-')[1])] : [],
      );
      for (let from = 0; from < places.length; from += pageSize) {
        const some = places.slice(from, from + pageSize);
        commands.push((to) => to.emptyRows(shard.columns[column], emptyRow(column), ...some));
      }
    }
    await runAllOrFail(this.#redis, commands);
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

function replacementOf(before: Outcome, kept: Outcome, isPacked: boolean): Replacement {
  const emptied: Column[] = [];
  if (kept.facts.caller.number !== before.facts.caller.number) emptied.push('callers');
  if (kept.facts.sipCallId !== before.facts.sipCallId) emptied.push('sips');
  const fields = isPacked
    ? [Buffer.from('z'), packRecord(kept, null)]
    : [Buffer.from('json'), Buffer.from(JSON.stringify(kept))];
  return { fields, emptied };
}
