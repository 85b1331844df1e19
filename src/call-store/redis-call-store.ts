import { callDigest } from '../call/call-id.ts';
import type { CallStore, Transition, WriteResult } from '../call/change.ts';
import { historyWrites } from '../history/history-writes.ts';
import { onServerChange } from '../redis/failover.ts';
import { type RedisClient, type RedisCommand, type RedisReply, runAll } from '../redis/redis-client.ts';
import { passKey, seenPlace, shardExpiresAt, shardKeysOfCall } from '../redis/redis-keys.ts';
import { afterExitEntry, callEntry, realExitEntry } from './stored-entry.ts';

// Calls of one caller that may be repeated at a time: more than pass within the time in which a repeat may come.
const maxGrants = 8;
// 48 bits tell the calls of one caller apart.
const grantDigestLength = 8;

type OfKind<Kind extends Transition['kind']> = Transition & { readonly kind: Kind };

/** Writes transitions by one script for each hash slot they touch, all at once. */
export class RedisCallStore implements CallStore {
  readonly #redis: RedisClient;
  readonly #retentionMs: number;

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
      case 'real-exit':
        return [this.#realExitWrite(transition)];
    }
  }

  #recordWrite({ callId, outcome }: OfKind<'outcome'>): RedisCommand {
    const arrivedAt = outcome.facts.now;
    const { records, seen } = shardKeysOfCall(callId, arrivedAt);
    const { field, digest } = seenPlace(callId);
    const expiresAt = shardExpiresAt(arrivedAt, this.#retentionMs);
    const entry = callEntry(outcome);
    return (to) =>
      to.recordOutcome(records, seen, field, digest, String(arrivedAt), String(expiresAt), ...entry);
  }

  #passWrite({ callId, grant }: OfKind<'pass'>): RedisCommand {
    const key = passKey(grant.callerNumber);
    const digest = callDigest(callId).slice(0, grantDigestLength);
    return (to) => to.grantPass(key, String(grant.until), digest, String(maxGrants));
  }

  #afterExitWrite({ callId, afterExit, arrivedAt }: OfKind<'after-exit'>): RedisCommand {
    const { seen, records } = shardKeysOfCall(callId, arrivedAt);
    const { field, digest } = seenPlace(callId);
    const entry = afterExitEntry(callId, afterExit);
    return (to) => to.noteAfterExit(seen, records, field, digest, ...entry);
  }

  #realExitWrite({ callId, realExit, arrivedAt }: OfKind<'real-exit'>): RedisCommand {
    const { seen, realExits, records } = shardKeysOfCall(callId, arrivedAt);
    const { field, digest } = seenPlace(callId);
    const entry = realExitEntry(callId, realExit);
    return (to) => to.noteRealExit(seen, realExits, records, field, digest, String(realExit.at), ...entry);
  }

  /** All of a transition's scripts must have run; each may be repeated, so what ran already does not matter. */
  #resultOf(replies: readonly RedisReply[]): WriteResult {
    const errors = replies.flatMap(([error]) => error ?? []);
    const passing = errors.find((error) => !isAboutTheRow(error));
    if (passing !== undefined) return { ...retry(passing.message), isLate: errors.some(isLate) };
    if (errors[0] !== undefined) return { state: 'refused', reason: errors[0].message };
    const said = replies[0]?.[1];
    return said === -1 ? retry(outcomeMissing) : { state: 'written', isNew: said === 1 };
  }
}

const outcomeMissing = 'the outcome that this belongs to is not in Redis';

/** A later life waits for its outcome if that is on its way in the same batch; without one it is set aside. */
function afterTheirOutcomes(
  transitions: readonly Transition[],
  results: readonly WriteResult[],
): WriteResult[] {
  return results.map((result, at) => {
    const transition = transitions[at];
    const isMissing = result.state === 'retry' && result.reason === outcomeMissing;
    if (!isMissing || transition === undefined || !belongsToAnOutcome(transition)) return result;
    const outcomeAt = transitions.findIndex(
      ({ kind, callId }) => kind === 'outcome' && callId === transition.callId,
    );
    const outcome = results[outcomeAt];
    return outcome === undefined || outcome.state === 'written'
      ? { state: 'refused', reason: 'there is no outcome of this call' }
      : outcome;
  });
}

function belongsToAnOutcome({ kind }: Transition): boolean {
  return kind === 'after-exit' || kind === 'real-exit';
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
 * MISCONF, LOADING, NOPERM …) would set all of them aside. All that is written is written by scripts, and an ERR that one of
 * them raised names it; any other is of a proxy before Redis. Before Redis 7 the script's error comes wrapped in ERR.
 */
function isAboutTheRow(error: Error): boolean {
  if (error.name !== 'ReplyError' || /unknown command|max number of clients/i.test(error.message))
    return false;
  const serverStates =
    /\b(OOM|READONLY|MISCONF|LOADING|BUSY|NOREPLICAS|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOAUTH|NOPERM|NOSCRIPT|UNKILLABLE)\b/;
  const isOfScript = /^WRONGTYPE\b|^ERR\b.*(?:user_script:\d|\bf_[0-9a-f]{40}\b)/s.test(error.message);
  return isOfScript && !serverStates.test(error.message);
}
