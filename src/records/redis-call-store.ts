import type { ChainableCommander, Redis } from 'ioredis';
import type { CallStore, WriteResult } from './call-store.ts';
import { countFields } from './count-fields.ts';
import { callDigest, passGrantedKey, passKey, shardExpiresAt, shardKeysOfCall } from './redis-keys.ts';
import type { Transition } from './transition.ts';

const dayMs = 86_400_000;

// How long after its end a pass's grant is remembered; longer than Redis may reasonably be away.
const grantRememberedMs = 7 * dayMs;

/** Writes transitions by one script each, all in one pipeline. */
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
    const refusals = transitions.map((transition) => this.#queue(pipeline, transition));
    try {
      // Each command has its own deadline, so this settles.
      const replies = (await pipeline.exec()) ?? [];
      let next = 0;
      return refusals.map((refusal) => refusal ?? resultOf(replies[next++]));
    } catch (error) {
      return refusals.map((refusal) => refusal ?? retry(String(error)));
    }
  }

  onAvailable(listener: () => void): void {
    this.#redis.on('ready', listener);
  }

  /** Adds the transition's script to the pipeline; a refusal when it cannot be written at all. */
  #queue(pipeline: ChainableCommander, transition: Transition): WriteResult | null {
    try {
      if (transition.kind === 'outcome') this.#queueOutcome(pipeline, transition);
      else this.#queuePass(pipeline, transition);
      return null;
    } catch (error) {
      return { state: 'refused', reason: String(error) };
    }
  }

  #queueOutcome(pipeline: ChainableCommander, { callId, outcome }: Transition & { kind: 'outcome' }): void {
    const arrivedAt = outcome.facts.now;
    const { outcomes, counts, seen } = shardKeysOfCall(callId, arrivedAt);
    const expiresAt = shardExpiresAt(arrivedAt, this.#retentionMs);
    const about = [callDigest(callId), String(arrivedAt), String(expiresAt), JSON.stringify(outcome)];
    pipeline.recordOutcome(outcomes, counts, seen, ...about, ...countFields(outcome));
  }

  #queuePass(pipeline: ChainableCommander, { callId, grant }: Transition & { kind: 'pass' }): void {
    const { callerNumber, until } = grant;
    const rememberedUntil = Math.max(until, Date.now()) + grantRememberedMs;
    const keys = [passKey(callerNumber), passGrantedKey(callerNumber, callId)];
    pipeline.grantPass(...keys, String(until), String(rememberedUntil));
  }
}

function retry(reason: string): WriteResult {
  return { state: 'retry', reason };
}

function resultOf(reply: [error: Error | null, result: unknown] | undefined): WriteResult {
  if (reply === undefined) return retry('no reply');
  const [error, result] = reply;
  if (error === null) return { state: 'written', isNew: result === 1 };
  return isAboutTheRow(error) ? { state: 'refused', reason: error.message } : retry(error.message);
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
