import type { RedisClient } from './redis-client.ts';
import { runAllOrFail } from './redis-client.ts';
import { type ShardKeys, shardKeysBetween } from './redis-keys.ts';
import { type StoredRecord, StoredRecords } from './stored-records.ts';

const pageSize = 500;
const dayMs = 86_400_000;
const earliestArrival = Date.UTC(2020);
const newline = Buffer.from('\n');

interface Page {
  readonly lines: Buffer[];
  /** Id after which the next page begins; null: there is none. */
  readonly last: string | null;
}

/**
 * The outcomes as lines of JSON, unparsed: for what reads very many of them and parses elsewhere. JSON has no line ends of
 * its own (RFC 8259, section 7), so each is one line.
 */
export class RedisOutcomeLines {
  readonly #redis: RedisClient;
  readonly #records: StoredRecords;
  readonly #streams: readonly { readonly shard: ShardKeys; readonly key: string }[];
  readonly #from: number;

  /** Of the UTC days that `since` to `until` (epoch ms) touch; calls outside of these are among them. */
  constructor(redis: RedisClient, since: number, until: number) {
    this.#redis = redis;
    this.#records = new StoredRecords(redis);
    this.#from = Math.max(since, earliestArrival);
    const days = shardKeysBetween(this.#from, Math.min(until, Date.now() + dayMs));
    this.#streams = days.flat().flatMap((shard) => [
      { shard, key: shard.jsonOutcomes },
      { shard, key: shard.records },
    ]);
  }

  /** How many outcomes those days have. Rejects when Redis does. */
  async count(): Promise<number> {
    const lengths = await runAllOrFail(
      this.#redis,
      this.#streams.map(
        ({ key }) =>
          (to) =>
            to.xlen(key),
      ),
    );
    return lengths.reduce<number>((sum, length) => sum + Number(length), 0);
  }

  /** Pages of lines, each line with its end; about in the order in which they were stored. Rejects when Redis does. */
  async *pages(): AsyncGenerator<Buffer[]> {
    for (const { shard, key } of this.#streams) {
      // No entry's time is below its call's arrival (record-outcome.ts), so nothing before `since` is wanted.
      let next: Promise<Page> | null = this.#page(shard, key, String(Math.floor(this.#from)));
      while (next !== null) {
        const { lines, last }: Page = await next;
        // Redis reads the next page while this one is worked on.
        next = last === null ? null : this.#page(shard, key, `(${last}`);
        next?.catch(() => {});
        if (lines.length > 0) yield lines;
      }
    }
  }

  async #page(shard: ShardKeys, key: string, from: string): Promise<Page> {
    const page = await this.#records.page(shard, key, from, pageSize);
    const last = page.length < pageSize ? null : (page.at(-1)?.id ?? null);
    return { lines: page.flatMap(lineOf), last };
  }
}

function lineOf({ json }: StoredRecord): Buffer[] {
  return json === null ? [] : [json, newline];
}
