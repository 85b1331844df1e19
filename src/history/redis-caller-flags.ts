import { callDigest } from '../call/call-id.ts';
import type { CallerFlags, CallFlags } from '../call/staff/caller-flags.ts';
import type { Flag } from '../call/vocabulary.ts';
import { flagWords } from '../call/vocabulary.ts';
import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import type { RecentWrites } from '../redis/recent-writes.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { callerKeys } from '../redis/redis-keys.ts';

const dayMs = 86_400_000;

/** How long a flag counts after the last one. */
const flagsKeptMs = 365 * dayMs;

/** How long an opt-out is honored: five years, as 47 CFR 64.1200(d)(6) has it for do-not-call requests. */
const optOutKeptMs = 5 * 365 * dayMs;

/** What staff say of callers, and what callers ask for. Rejects when Redis does; RedisKeyError when a number is not E.164. */
export class RedisCallerFlags implements CallerFlags {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;
  readonly #recent: RecentWrites | null;

  /** @param recent repeats what is said after a failover; null: nothing does */
  constructor(redis: RedisClient, names: CallerNames = plainNames, recent: RecentWrites | null = null) {
    this.#redis = redis;
    this.#names = names;
    this.#recent = recent;
  }

  async read(callerNumber: string, callId: string): Promise<CallFlags> {
    const { flags, flagged } = callerKeys(this.#names.of(callerNumber));
    const found = await this.#redis.readFlags(flags, flagged, callDigest(callId), ...flagWords.words);
    const [counts, said, leftMs] = Array.isArray(found) ? found : [];
    return {
      ofCall: flagWords.words.filter((_, at) => Array.isArray(said) && said[at] === 1),
      ofCaller: flagCounts(counts),
      until: typeof leftMs === 'number' && leftMs > 0 ? Date.now() + leftMs : null,
    };
  }

  async flag(callerNumber: string, word: Flag, callId: string, at: number): Promise<boolean> {
    const { flags, flagged } = callerKeys(this.#names.of(callerNumber));
    const args = [word, callDigest(callId), String(at + flagsKeptMs)];
    return this.#write(() => this.#redis.flagCaller(flags, flagged, ...args));
  }

  /** When flags end stays as it was: a year after the last one, be it this one. */
  async takeBack(callerNumber: string, word: Flag, callId: string): Promise<boolean> {
    const { flags, flagged } = callerKeys(this.#names.of(callerNumber));
    return this.#write(() => this.#redis.removeFlag(flags, flagged, word, callDigest(callId)));
  }

  /** Notes that the caller opted out at `at` (epoch ms). False when it was known, from then or later. */
  async optOut(callerNumber: string, at: number): Promise<boolean> {
    const { optedOut } = callerKeys(this.#names.of(callerNumber));
    return this.#write(() => this.#redis.extendUntil(optedOut, String(at + optOutKeptMs)));
  }

  /** Epoch ms; null: the caller did not opt out, or it is over. */
  async optedOutAt(callerNumber: string): Promise<number | null> {
    const until = Number(await this.#redis.get(callerKeys(this.#names.of(callerNumber)).optedOut));
    return until > Date.now() ? until - optOutKeptMs : null;
  }

  /** True when it changed something. */
  async #write(script: () => Promise<unknown>): Promise<boolean> {
    return (await (this.#recent?.keep(script) ?? script())) === 1;
  }
}

/** Counts by word, from what HGETALL gives a script: word, count, word, count. What is no count is left out. */
export function flagCounts(row: unknown): { [F in Flag]?: number } {
  const pairs = Array.isArray(row) ? row : [];
  return Object.fromEntries(
    flagWords.words.flatMap((word) => {
      const at = pairs.indexOf(word);
      return at % 2 === 0 && Number(pairs[at + 1]) > 0 ? [[word, Number(pairs[at + 1])]] : [];
    }),
  );
}
