import type { Redis } from 'ioredis';
import { shardKeysBetween } from './redis-keys.ts';

const pageSize = 500;
const dayMs = 86_400_000;
const earliestArrival = Date.UTC(2020);
const newline = Buffer.from('\n');

/** The two commands that are needed, of one Redis or of a Cluster. */
export type StreamReader = Pick<Redis, 'xlen' | 'xrangeBuffer'>;

interface Page {
  readonly lines: Buffer[];
  /** Id after which the next page begins; null: there is none. */
  readonly last: string | null;
}

/**
 * The outcomes as they are stored, unparsed: for what reads very many of them and parses elsewhere. JSON has no line ends of
 * its own (RFC 8259, section 7), so each is one line.
 */
export class RedisOutcomeLines {
  readonly #redis: StreamReader;
  readonly #keys: readonly string[];
  readonly #from: number;

  /** Of the UTC days that `since` to `until` (epoch ms) touch; calls outside of these are among them. */
  constructor(redis: StreamReader, since: number, until: number) {
    this.#redis = redis;
    this.#from = Math.max(since, earliestArrival);
    const days = shardKeysBetween(this.#from, Math.min(until, Date.now() + dayMs));
    this.#keys = days.flat().map(({ outcomes }) => outcomes);
  }

  /** How many outcomes those days have. Rejects when Redis does. */
  async count(): Promise<number> {
    const lengths = await Promise.all(this.#keys.map((key) => this.#redis.xlen(key)));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  /** Pages of lines, each line with its end; about in the order in which they were stored. Rejects when Redis does. */
  async *pages(): AsyncGenerator<Buffer[]> {
    for (const key of this.#keys) {
      // No entry's time is below its call's arrival (record-outcome.ts), so nothing before `since` is wanted.
      let next: Promise<Page> | null = this.#page(key, String(Math.floor(this.#from)));
      while (next !== null) {
        const { lines, last }: Page = await next;
        // Redis reads the next page while this one is worked on.
        next = last === null ? null : this.#page(key, `(${last}`);
        next?.catch(() => {});
        if (lines.length > 0) yield lines;
      }
    }
  }

  async #page(key: string, from: string): Promise<Page> {
    const page = await this.#redis.xrangeBuffer(key, from, '+', 'COUNT', pageSize);
    const lines: Buffer[] = [];
    for (const [, fields] of page) {
      const at = fields.findIndex((field, index) => index % 2 === 0 && field.toString() === 'json');
      const json = at < 0 ? undefined : fields[at + 1];
      if (json) lines.push(json, newline);
    }
    const last = page.length < pageSize ? null : (page.at(-1)?.[0].toString() ?? null);
    return { lines, last };
  }
}
