import { digestOf } from './call-columns.ts';
import { longestValue, mostValues } from './call-counts.ts';

const mostKnown = 100_000;

/** Digests of words, remembered: the same few words come with every day. */
export class WordDigests {
  readonly #known = new Map<string, number>();

  /** That of the columns of rules and of called numbers, two bytes. */
  of(word: string): number {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    if (this.#known.size >= mostKnown) this.#known.clear();
    const digest = digestOf('rules', word);
    this.#known.set(word, digest);
    return digest;
  }
}

/**
 * The words behind the digests of one day's shard. They are the values of its counts, which the script writes together with
 * the rows. A word is only told when no other can be meant: either the counts have all words of the shard (they were never
 * full), and one of them has the digest; or they have as many calls of this word as the column has rows of the digest.
 */
export class ShardWords {
  readonly #words = new Map<number, string[]>();
  readonly #counts: ReadonlyMap<string, Uint32Array>;
  readonly #areAll: boolean;
  readonly #none: string | null;

  /** @param counts of the shard, values and their calls by hour; @param none what stands for no word among them */
  constructor(
    counted: 'rule' | 'called',
    counts: ReadonlyMap<string, Uint32Array>,
    digests: WordDigests,
    none: string | null = null,
  ) {
    this.#counts = counts;
    this.#none = none;
    let areAll = counts.size < mostValues[counted];
    for (const word of counts.keys()) {
      if (word === none) continue;
      // What was cut, or is not well-formed, is not the word.
      if (word.length >= longestValue || word.includes('\ufffd')) areAll = false;
      const digest = digests.of(word);
      const same = this.#words.get(digest);
      if (same === undefined) this.#words.set(digest, [word]);
      else same.push(word);
    }
    this.#areAll = areAll;
  }

  /** Null: no word. Undefined: only the records can tell. `rows`: of this digest in the whole shard. */
  wordOf(digest: number, rows: number): string | null | undefined {
    // Rows of a column that was lost are zeros too.
    if (digest === 0)
      return this.#none === null || sum(this.#counts.get(this.#none)) === rows ? null : undefined;
    const [word, second] = this.#words.get(digest) ?? [];
    if (word === undefined || second !== undefined) return undefined;
    return this.#areAll || sum(this.#counts.get(word)) === rows ? word : undefined;
  }

  /** When its record cannot be read either. */
  likeliest(digest: number): string | null {
    return this.#words.get(digest)?.[0] ?? null;
  }
}

function sum(hours: Uint32Array | undefined): number {
  let calls = 0;
  for (const inHour of hours ?? []) calls += inHour;
  return calls;
}
