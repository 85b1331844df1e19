import { setImmediate } from 'node:timers/promises';
import type { ChainableCommander } from 'ioredis';
import {
  type Dictionary,
  neededDictionary,
  PackedRecordError,
  unpackDictionary,
  unpackRecord,
} from './packed-record.ts';
import { type RedisClient, runAllOrFail } from './redis-client.ts';
import type { ShardKeys } from './redis-keys.ts';

/** Entries of a stream as Redis gives them. */
export type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** One record of a stream. `json` null: it cannot be read here. */
export interface StoredRecord {
  readonly id: string;
  readonly json: Buffer | null;
}

const mostDictionaries = 256;
const mostAtOnce = 500;
/** So many are unpacked in some 3 ms; then calls that are being screened have their turn. */
const unpackedAtOnce = 50;

/** Reads records back, of both formats, and keeps the dictionaries that were needed. Rejects when Redis does. */
export class StoredRecords {
  readonly #redis: RedisClient;
  readonly #dictionaries = new Map<string, Dictionary>();

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** The records from `from` on (a stream id, `(` before it leaves it out), at most `count`. */
  async page(shard: ShardKeys, key: string, from: string, count: number): Promise<StoredRecord[]> {
    const entries = await this.#redis.xrangeBuffer(key, from, '+', 'COUNT', count);
    return this.read(shard, entries);
  }

  /** The records of these ids, by id; what is not there is left out. */
  async byId(
    wanted: readonly { readonly shard: ShardKeys; readonly id: string }[],
  ): Promise<Map<string, Buffer>> {
    const found = new Map<string, Buffer>();
    for (let from = 0; from < wanted.length; from += mostAtOnce) {
      const some = wanted.slice(from, from + mostAtOnce);
      const replies = await runAllOrFail(
        this.#redis,
        some.map(
          ({ shard, id }) =>
            (to: ChainableCommander) =>
              to.xrangeBuffer(shard.records, id, id),
        ),
      );
      for (const [at, { shard, id }] of some.entries()) {
        const [record] = await this.read(shard, replies[at] as StreamEntry[]);
        if (record?.json) found.set(`${shard.records} ${id}`, record.json);
        if (at % unpackedAtOnce === unpackedAtOnce - 1) await setImmediate();
      }
    }
    return found;
  }

  /** The JSON of entries that were read already. */
  async read(shard: ShardKeys, entries: readonly StreamEntry[]): Promise<StoredRecord[]> {
    await this.#learn(shard, entries);
    return entries.map(([id, fields]) => ({ id: id.toString(), json: this.#jsonOf(fields) }));
  }

  #jsonOf(fields: readonly Buffer[]): Buffer | null {
    const packed = fieldOf(fields, 'z');
    if (packed === null) return fieldOf(fields, 'json');
    try {
      const needed = neededDictionary(packed);
      return unpackRecord(packed, needed && (this.#dictionaries.get(needed.toString('hex')) ?? null));
    } catch (error) {
      if (error instanceof PackedRecordError) return null;
      throw error;
    }
  }

  async #learn(shard: ShardKeys, entries: readonly StreamEntry[]): Promise<void> {
    const missing = new Map<string, Buffer>();
    for (const [, fields] of entries) {
      const packed = fieldOf(fields, 'z');
      const needed = packed === null ? null : neededDictionary(packed);
      if (needed !== null && !this.#dictionaries.has(needed.toString('hex')))
        missing.set(needed.toString('hex'), needed);
    }
    if (missing.size === 0) return;
    const found = await this.#redis.hmgetBuffer(shard.dictionaries, ...missing.values());
    for (const [at, [name, id]] of [...missing].entries()) {
      const packed = found[at];
      if (packed) this.#keep(name, id, packed);
    }
  }

  #keep(name: string, id: Buffer, packed: Buffer): void {
    try {
      this.#dictionaries.set(name, unpackDictionary(id, packed));
    } catch (error) {
      // Its records are told to be unreadable, each where it is read.
      if (!(error instanceof PackedRecordError)) throw error;
    }
    if (this.#dictionaries.size <= mostDictionaries) return;
    const [oldest = ''] = this.#dictionaries.keys();
    this.#dictionaries.delete(oldest);
  }
}

function fieldOf(fields: readonly Buffer[], name: string): Buffer | null {
  for (let at = 0; at + 1 < fields.length; at += 2)
    if (fields[at]?.toString() === name) return fields[at + 1] ?? null;
  return null;
}
