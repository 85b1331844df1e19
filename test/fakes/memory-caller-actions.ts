import type { CallerAction, CallerActions, FlagBatch } from '../../src/call/staff/caller-actions.ts';

/** What staff did, in memory. `away` makes every method reject. */
export class MemoryCallerActions implements CallerActions {
  away = false;
  readonly #actions = new Map<string, CallerAction>();
  readonly #batches = new Map<string, FlagBatch>();

  async of(caller: string): Promise<readonly CallerAction[]> {
    this.#reach();
    return [...this.#actions]
      .flatMap(([key, action]) => (key.startsWith(`${caller} `) ? [action] : []))
      .sort((a, b) => b.at - a.at);
  }

  async keep(caller: string, action: CallerAction): Promise<void> {
    this.#reach();
    this.#actions.set(`${caller} ${action.id}`, action);
  }

  async batch(id: string): Promise<FlagBatch | null> {
    this.#reach();
    return this.#batches.get(id) ?? null;
  }

  async keepBatch(id: string, batch: FlagBatch): Promise<void> {
    this.#reach();
    this.#batches.set(id, batch);
  }

  #reach(): void {
    if (this.away) throw new Error('Redis is away');
  }
}
