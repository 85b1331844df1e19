import { onServerChange } from './failover.ts';
import type { RedisClient } from './redis-client.ts';

/** As the outbox has it: longer than a failover takes. */
const keptMs = 120_000;
const maxKept = 10_000;

/**
 * What Redis acknowledged lately and no outbox keeps: written again, in its order, whenever another server may have taken over that
 * lacks it. Only for writes that may be repeated.
 */
export class RecentWrites {
  #kept: { readonly at: number; readonly write: () => Promise<unknown> }[] = [];
  #repeating: Promise<void> = Promise.resolve();

  constructor(redis: RedisClient) {
    onServerChange(redis, () => {
      this.#repeating = this.#repeating.then(() => this.#repeat());
    });
  }

  /** Rejects when `write` does; then it is not kept. */
  async keep<T>(write: () => Promise<T>): Promise<T> {
    const result = await write();
    const at = performance.now();
    this.#kept = this.#kept.filter((one) => at - one.at < keptMs).slice(1 - maxKept);
    this.#kept.push({ at, write });
    return result;
  }

  async #repeat(): Promise<void> {
    const now = performance.now();
    for (const { at, write } of this.#kept) {
      if (now - at >= keptMs) continue;
      // Away again: the next server is told.
      await write().catch(() => {});
    }
  }
}
