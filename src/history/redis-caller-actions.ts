import {
  type CallerAction,
  type CallerActions,
  type FlagBatch,
  readAction,
  readBatch,
} from '../call/staff/caller-actions.ts';
import { type CallerNames, plainNames } from '../privacy/caller-names.ts';
import type { RecentWrites } from '../redis/recent-writes.ts';
import type { RedisClient } from '../redis/redis-client.ts';
import { callerKeys, flagBatchKey } from '../redis/redis-keys.ts';

/** As long as flags count. */
const keptMs = 365 * 86_400_000;
/** Of one caller. */
const mostActions = 100;

/** Each caller's actions are beside the flags, so that forgetting the caller forgets them too. */
export class RedisCallerActions implements CallerActions {
  readonly #redis: RedisClient;
  readonly #names: CallerNames;
  readonly #recent: RecentWrites | null;

  /** @param recent repeats what was kept after a failover; null: nothing does */
  constructor(redis: RedisClient, names: CallerNames = plainNames, recent: RecentWrites | null = null) {
    this.#redis = redis;
    this.#names = names;
    this.#recent = recent;
  }

  async of(caller: string): Promise<readonly CallerAction[]> {
    const rows = await this.#redis.hvals(callerKeys(this.#names.of(caller)).actions);
    return rows.flatMap((row) => readAction(row) ?? []).sort((a, b) => b.at - a.at);
  }

  async keep(caller: string, action: CallerAction): Promise<void> {
    const { actions } = callerKeys(this.#names.of(caller));
    const until = (action.undone?.at ?? action.at) + keptMs;
    const args = [action.id, JSON.stringify(action), String(mostActions), String(until)];
    await this.#write(() => this.#redis.keepAction(actions, ...args));
  }

  async batch(id: string): Promise<FlagBatch | null> {
    return readBatch(await this.#redis.get(flagBatchKey(id)));
  }

  async keepBatch(id: string, batch: FlagBatch): Promise<void> {
    const key = flagBatchKey(id);
    await this.#write(() => this.#redis.set(key, JSON.stringify(batch), 'PXAT', batch.at + keptMs));
  }

  async #write(write: () => Promise<unknown>): Promise<void> {
    await (this.#recent?.keep(write) ?? write());
  }
}
