import type { RedisClient } from '../redis/redis-client.ts';
import type { ShardKeys } from '../redis/redis-keys.ts';
import { callJson } from './stored-entry.ts';

/** One entry of a stream. `json` null: it is none of a call, or cannot be read here. */
export interface StoredRecord {
  readonly id: string;
  readonly json: Buffer | null;
}

/** Reads records back. Rejects when Redis does. */
export class StoredRecords {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** The entries from `from` on (a stream id, `(` before it leaves it out), at most `count`. */
  async page({ records }: ShardKeys, from: string, count: number): Promise<StoredRecord[]> {
    const entries = await this.#redis.xrangeBuffer(records, from, '+', 'COUNT', count);
    return entries.map(([id, fields]) => ({ id: id.toString(), json: callJson(fields) }));
  }
}
