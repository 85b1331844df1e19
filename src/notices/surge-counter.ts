const bucketMs = 60_000;
const buckets = 10;
/** Our numbers; more than any switchboard has. */
const maxKeys = 5000;

interface Counted {
  /** Minute since the epoch, and calls in it. */
  readonly minutes: Map<number, number>;
}

/** Calls within the last ten minutes, by number. */
export class SurgeCounter {
  readonly #counted = new Map<string, Counted>();

  /** @param at epoch ms of the call's arrival */
  add(key: string, at: number): void {
    const known = this.#counted.get(key);
    if (known === undefined && this.#counted.size >= maxKeys) return;
    const minutes = known?.minutes ?? new Map<number, number>();
    if (known === undefined) this.#counted.set(key, { minutes });
    const minute = Math.floor(at / bucketMs);
    minutes.set(minute, (minutes.get(minute) ?? 0) + 1);
    if (minutes.size > 2 * buckets) this.#forget(key, minutes, at);
  }

  count(key: string, now: number): number {
    const oldest = Math.floor(now / bucketMs) - buckets;
    let calls = 0;
    for (const [minute, many] of this.#counted.get(key)?.minutes ?? []) if (minute > oldest) calls += many;
    return calls;
  }

  /** Keys with calls in the window; forgets the others. */
  keys(now: number): readonly string[] {
    for (const [key, { minutes }] of this.#counted) this.#forget(key, minutes, now);
    return [...this.#counted.keys()];
  }

  #forget(key: string, minutes: Map<number, number>, now: number): void {
    const oldest = Math.floor(now / bucketMs) - buckets;
    for (const minute of minutes.keys()) if (minute <= oldest) minutes.delete(minute);
    if (minutes.size === 0) this.#counted.delete(key);
  }
}
