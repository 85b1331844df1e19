import type { RedisClient } from '../redis/redis-client.ts';
import { runAllOrFail } from '../redis/redis-client.ts';
import { shardKeysBetween } from '../redis/redis-keys.ts';
import { callJson, type StreamEntry } from './stored-entry.ts';

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
  readonly #streams: readonly string[];
  readonly #from: number;
  #entriesRead = 0;

  /** Of the UTC days that `since` to `until` (epoch ms) touch; calls outside of these are among them. */
  constructor(redis: RedisClient, since: number, until: number) {
    this.#redis = redis;
    this.#from = Math.max(since, earliestArrival);
    const days = shardKeysBetween(this.#from, Math.min(until, Date.now() + dayMs));
    this.#streams = days.flat().map(({ records }) => records);
  }

  /** How many of them were read so far. */
  get entriesRead(): number {
    return this.#entriesRead;
  }

  /** How many entries those days have: the outcomes, and what became known of calls later. Rejects when Redis does. */
  async countEntries(): Promise<number> {
    const lengths = await runAllOrFail(
      this.#redis,
      this.#streams.map((stream) => (to) => to.xlen(stream)),
    );
    return lengths.reduce<number>((sum, length) => sum + Number(length), 0);
  }

  /** Pages of lines, each line with its end; about in the order in which they were stored. Rejects when Redis does. */
  async *pages(): AsyncGenerator<Buffer[]> {
    for (const stream of this.#streams) {
      // No entry's time is below its call's arrival (record-outcome.lua), so nothing before `since` is wanted.
      let next: Promise<Page> | null = this.#page(stream, String(Math.floor(this.#from)));
      while (next !== null) {
        const { lines, last }: Page = await next;
        // Redis reads the next page while this one is worked on.
        next = last === null ? null : this.#page(stream, `(${last}`);
        next?.catch(() => {});
        if (lines.length > 0) yield lines;
      }
    }
  }

  async #page(stream: string, from: string): Promise<Page> {
    const entries = await this.#redis.xrangeBuffer(stream, from, '+', 'COUNT', pageSize);
    this.#entriesRead += entries.length;
    const last = entries.length < pageSize ? null : (entries.at(-1)?.[0].toString() ?? null);
    return { lines: entries.flatMap(lineOf), last };
  }
}

function lineOf([, fields]: StreamEntry): Buffer[] {
  const json = callJson(fields);
  return json === null ? [] : [json, newline];
}
