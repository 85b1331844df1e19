import type { ChainableCommander, Redis } from 'ioredis';
import type { CallStore, WriteResult } from './call-store.ts';
import { countFields } from './count-fields.ts';
import { historyWrites, type PipelineWrite } from './history-writes.ts';
import { callDigest, passGrantedKey, passKey, shardExpiresAt, shardKeysOfCall } from './redis-keys.ts';
import type { Transition } from './transition.ts';

const dayMs = 86_400_000;

// How long after its end a pass's grant is remembered; longer than Redis may reasonably be away.
const grantRememberedMs = 7 * dayMs;

/** Writes transitions by one script for each hash slot they touch, all in one pipeline. */
export class RedisCallStore implements CallStore {
  readonly #redis: Redis;
  readonly #retentionMs: number;

  /** `retentionMs`: how long a day's outcomes are kept after that day. */
  constructor(redis: Redis, retentionMs: number) {
    this.#redis = redis;
    this.#retentionMs = retentionMs;
  }

  async write(transitions: readonly Transition[]): Promise<readonly WriteResult[]> {
    if (this.#redis.status !== 'ready') return transitions.map(() => retry('Redis is away'));
    const pipeline = this.#redis.pipeline();
    const queued = transitions.map((transition) => this.#queue(pipeline, transition));
    try {
      // Each command has its own deadline, so this settles.
      const replies = (await pipeline.exec()) ?? [];
      let next = 0;
      return queued.map((part) => {
        if (typeof part !== 'number') return part;
        const own = replies.slice(next, next + part);
        next += part;
        return own.length === part ? resultOf(own) : retry('no reply');
      });
    } catch (error) {
      return queued.map((part) => (typeof part === 'number' ? retry(String(error)) : part));
    }
  }

  onAvailable(listener: () => void): void {
    this.#redis.on('ready', listener);
  }

  /** Adds the transition's scripts to the pipeline: how many; a refusal when it cannot be written at all. */
  #queue(pipeline: ChainableCommander, transition: Transition): number | WriteResult {
    try {
      const writes =
        transition.kind === 'outcome' ? this.#outcomeWrites(transition) : [this.#passWrite(transition)];
      for (const write of writes) write(pipeline);
      return writes.length;
    } catch (error) {
      return { state: 'refused', reason: String(error) };
    }
  }

  /** The record first: whether it is new is what its script says. */
  #outcomeWrites({ callId, outcome }: Transition & { kind: 'outcome' }): PipelineWrite[] {
    const arrivedAt = outcome.facts.now;
    const { outcomes, counts, seen } = shardKeysOfCall(callId, arrivedAt);
    const expiresAt = shardExpiresAt(arrivedAt, this.#retentionMs);
    const about = [callDigest(callId), String(arrivedAt), String(expiresAt), JSON.stringify(outcome)];
    const args = [outcomes, counts, seen, ...about, ...countFields(outcome)];
    return [(pipeline) => pipeline.recordOutcome(...args), ...historyWrites(callId, outcome)];
  }

  #passWrite({ callId, grant }: Transition & { kind: 'pass' }): PipelineWrite {
    const { callerNumber, until } = grant;
    const rememberedUntil = Math.max(until, Date.now()) + grantRememberedMs;
    const keys = [passKey(callerNumber), passGrantedKey(callerNumber, callId)];
    return (pipeline) => pipeline.grantPass(...keys, String(until), String(rememberedUntil));
  }
}

function retry(reason: string): WriteResult {
  return { state: 'retry', reason };
}

/** All of a transition's scripts must have run; each may be repeated, so what ran already does not matter. */
function resultOf(replies: readonly [error: Error | null, result: unknown][]): WriteResult {
  const errors = replies.flatMap(([error]) => error ?? []);
  const passing = errors.find((error) => !isAboutTheRow(error));
  if (passing !== undefined) return retry(passing.message);
  if (errors[0] !== undefined) return { state: 'refused', reason: errors[0].message };
  return { state: 'written', isNew: replies[0]?.[1] === 1 };
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
