import { afterExitRow } from './after-exit-row.ts';
import { columns, rowsOf } from './call-columns.ts';
import { countsOf } from './call-counts.ts';
import type { CallStore, WriteResult } from './call-store.ts';
import { exchangeOfCaller } from './history-scopes.ts';
import { historyWrites } from './history-writes.ts';
import { LearntDictionaries } from './learnt-dictionaries.ts';
import { type Dictionary, packDictionary, packRecord } from './packed-record.ts';
import {
  onServerChange,
  type RedisClient,
  type RedisCommand,
  type RedisReply,
  runAll,
} from './redis-client.ts';
import { callDigest, countsKey, passKey, seenPlace, shardExpiresAt, shardKeysOfCall } from './redis-keys.ts';
import type { Transition } from './transition.ts';

// Calls of one caller that may be repeated at a time: more than pass within the time in which a repeat may come.
const mostGrants = 8;
// 48 bits tell the calls of one caller apart.
const grantDigestLength = 8;

const mostKnownDictionaries = 1000;

type OfKind<Kind extends Transition['kind']> = Transition & { readonly kind: Kind };

/** Writes transitions by one script for each hash slot they touch, all at once. */
export class RedisCallStore implements CallStore {
  readonly #redis: RedisClient;
  readonly #retentionMs: number;
  readonly #dictionaries = new LearntDictionaries();
  /** Which dictionaries Redis has been given, by shard. When it has lost one, its script says so. */
  readonly #given = new Set<string>();

  /** `retentionMs`: how long a day's outcomes are kept after that day. */
  constructor(redis: RedisClient, retentionMs: number) {
    this.#redis = redis;
    this.#retentionMs = retentionMs;
  }

  async write(transitions: readonly Transition[]): Promise<readonly WriteResult[]> {
    if (this.#redis.status !== 'ready') return transitions.map(() => retry('Redis is away'));
    const commands: RedisCommand[] = [];
    const queued = transitions.map((transition) => this.#queue(commands, transition));
    try {
      // Each command has its own deadline, so this settles.
      const replies = await runAll(this.#redis, commands);
      let next = 0;
      const results = queued.map((part) => {
        if (typeof part !== 'number') return part;
        const own = replies.slice(next, next + part);
        next += part;
        return own.length === part ? this.#resultOf(own) : retry('no reply');
      });
      return afterTheirOutcomes(transitions, results);
    } catch (error) {
      return queued.map((part) => (typeof part === 'number' ? retry(String(error)) : part));
    }
  }

  onAvailable(listener: () => void): void {
    onServerChange(this.#redis, listener);
  }

  /** Adds the transition's scripts to the commands: how many; a refusal when it cannot be written at all. */
  #queue(commands: RedisCommand[], transition: Transition): number | WriteResult {
    try {
      const writes = this.#writesOf(transition);
      commands.push(...writes);
      return writes.length;
    } catch (error) {
      return { state: 'refused', reason: String(error) };
    }
  }

  #writesOf(transition: Transition): RedisCommand[] {
    switch (transition.kind) {
      case 'outcome':
        // The record first: whether it is new is what its script says.
        return [
          this.#recordWrite(transition),
          ...historyWrites(transition.callId, transition.outcome, transition.exchange),
        ];
      case 'pass':
        return [this.#passWrite(transition)];
      case 'after-exit':
        return [this.#afterExitWrite(transition)];
    }
  }

  #recordWrite({ callId, outcome, exchange }: OfKind<'outcome'>): RedisCommand {
    const arrivedAt = outcome.facts.now;
    const shard = shardKeysOfCall(callId, arrivedAt);
    const dictionary = this.#dictionaries.for(outcome);
    const record = packRecord(outcome, dictionary);
    const keys = [
      shard.records,
      shard.seen,
      shard.dictionaries,
      ...columns.map((name) => shard.columns[name]),
    ];
    const counts: (string | Buffer)[] = [];
    for (const count of countsOf(
      outcome,
      exchange === undefined ? exchangeOfCaller(outcome.facts) : exchange,
    )) {
      const key = countsKey(shard, count.in);
      const known = keys.indexOf(key);
      const number = known < 0 ? keys.push(key) : known + 1;
      counts.push(String(number), String(count.mostValues), count.value, String(count.cell));
    }
    const { field, digest } = seenPlace(callId);
    const times = [String(arrivedAt), String(shardExpiresAt(arrivedAt, this.#retentionMs))];
    const packed = [record, dictionary?.id ?? '', this.#newDictionary(shard.dictionaries, dictionary)];
    const rows = rowsOf(outcome);
    const args = [field, digest, ...times, ...packed, String(rows.length), ...rows, ...counts];
    return (to) => to.recordOutcome(String(keys.length), ...keys, ...args);
  }

  /** The dictionary, when this shard was not given it yet; else empty. */
  #newDictionary(shard: string, dictionary: Dictionary | null): Buffer | '' {
    if (dictionary === null) return '';
    const given = `${shard} ${dictionary.id.toString('hex')}`;
    if (this.#given.has(given)) return '';
    if (this.#given.size >= mostKnownDictionaries) this.#given.clear();
    this.#given.add(given);
    return packDictionary(dictionary);
  }

  #passWrite({ callId, grant }: OfKind<'pass'>): RedisCommand {
    const key = passKey(grant.callerNumber);
    const digest = callDigest(callId).slice(0, grantDigestLength);
    return (to) => to.grantPass(key, String(grant.until), digest, String(mostGrants));
  }

  #afterExitWrite({ callId, afterExit, arrivedAt }: OfKind<'after-exit'>): RedisCommand {
    const { seen, afterExits } = shardKeysOfCall(callId, arrivedAt);
    const { field, digest } = seenPlace(callId);
    return (to) => to.noteAfterExit(seen, afterExits, field, digest, afterExitRow(afterExit));
  }

  /** All of a transition's scripts must have run; each may be repeated, so what ran already does not matter. */
  #resultOf(replies: readonly RedisReply[]): WriteResult {
    const errors = replies.flatMap(([error]) => error ?? []);
    // A dictionary may not have come: it is given again with the next record.
    if (errors.length > 0) this.#given.clear();
    const passing = errors.find((error) => !isAboutTheRow(error));
    if (passing !== undefined) return { ...retry(passing.message), isLate: errors.some(isLate) };
    if (errors[0] !== undefined) return { state: 'refused', reason: errors[0].message };
    const said = replies[0]?.[1];
    if (said !== -1) return { state: 'written', isNew: said === 1 };
    this.#given.clear();
    return retry(somethingMissing);
  }
}

/** A record's dictionary, or the outcome that a later life belongs to. */
const somethingMissing = 'what this belongs to is not in Redis';

/** A later life waits for its outcome if that is on its way in the same batch; without one it is set aside. */
function afterTheirOutcomes(
  transitions: readonly Transition[],
  results: readonly WriteResult[],
): WriteResult[] {
  return results.map((result, at) => {
    const transition = transitions[at];
    const isMissing = result.state === 'retry' && result.reason === somethingMissing;
    if (!isMissing || transition?.kind !== 'after-exit') return result;
    const outcomeAt = transitions.findIndex(
      ({ kind, callId }) => kind === 'outcome' && callId === transition.callId,
    );
    const outcome = results[outcomeAt];
    return outcome === undefined || outcome.state === 'written'
      ? { state: 'refused', reason: 'there is no outcome of this call' }
      : outcome;
  });
}

function retry(reason: string) {
  return { state: 'retry', reason } as const;
}

/** As ioredis says it of a command whose deadline is over. */
function isLate(error: Error): boolean {
  return error.message === 'Command timed out';
}

/**
 * Only errors that Redis raises for these keys and values set a row aside. What is wrong with the server (OOM, READONLY,
 * MISCONF, LOADING, NOPERM …) would set all of them aside. Before Redis 7 the script's error comes wrapped in ERR.
 */
function isAboutTheRow(error: Error): boolean {
  if (error.name !== 'ReplyError' || /unknown command|max number of clients/i.test(error.message))
    return false;
  const serverStates =
    /\b(OOM|READONLY|MISCONF|LOADING|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH|NOPERM|NOSCRIPT|UNKILLABLE)\b/;
  return /^(WRONGTYPE|ERR)\b/.test(error.message) && !serverStates.test(error.message);
}
