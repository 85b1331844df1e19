import { z } from 'zod';

/** Hours of a working day, then those of a Saturday or Sunday. */
export const usualSlots = 48;
/** Called numbers of which it is remembered; a switchboard has more than that only on paper. */
const maxKeys = 1000;
/** How much the latest such hour counts. */
const latestWeight = 0.3;

const saved = z.object({
  since: z.number().int(),
  keys: z.record(z.string().max(80), z.array(z.number().nonnegative().nullable()).length(usualSlots)),
});
export type SavedUsual = Readonly<z.output<typeof saved>>;

/** As it was written into Redis; null: it is none of ours. */
export function readUsual(text: string | null): SavedUsual | null {
  try {
    return saved.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** What the busiest minutes of an hour usually have, by hour of the day. Hours out of the ordinary are not learnt from. */
export class UsualCalls {
  readonly #keys = new Map<string, (number | null)[]>();
  /** The most that this hour has had so far; null: it is not to be learnt from. */
  readonly #hour = new Map<string, number | null>();
  #slot: number | null = null;
  #since: number | null = null;

  /** Most in such an hour; null: not known. */
  of(key: string, slot: number): number | null {
    return this.#keys.get(key)?.[slot] ?? null;
  }

  /** How long it has been watched at `now` (epoch ms). */
  watchedMs(now: number): number {
    return this.#since === null ? 0 : now - this.#since;
  }

  /** Begins a new hour if it is one. True: what was learnt has changed. */
  enter(slot: number, now: number): boolean {
    this.#since ??= now;
    if (slot === this.#slot) return false;
    const before = this.#slot;
    this.#slot = slot;
    if (before === null) return false;
    for (const key of new Set([...this.#keys.keys(), ...this.#hour.keys()])) {
      const most = this.#hour.get(key) ?? (this.#hour.has(key) ? null : 0);
      if (most !== null) this.#learn(key, before, most);
    }
    this.#hour.clear();
    return true;
  }

  /** @param isOrdinary false: this hour is not learnt from */
  saw(key: string, value: number, isOrdinary: boolean): void {
    if (!this.#hour.has(key) && (value === 0 || this.#hour.size >= maxKeys) && isOrdinary) return;
    const most = this.#hour.get(key);
    this.#hour.set(key, isOrdinary && most !== null ? Math.max(most ?? 0, value) : null);
  }

  save(): SavedUsual {
    return { since: this.#since ?? 0, keys: Object.fromEntries(this.#keys) };
  }

  restore({ since, keys }: SavedUsual): void {
    this.#since = since;
    for (const [key, hours] of Object.entries(keys).slice(0, maxKeys)) this.#keys.set(key, [...hours]);
  }

  #learn(key: string, slot: number, most: number): void {
    const hours = this.#keys.get(key);
    if (hours === undefined) {
      if (most === 0 || this.#keys.size >= maxKeys) return;
      this.#keys.set(
        key,
        Array.from({ length: usualSlots }, (_, at) => (at === slot ? most : null)),
      );
      return;
    }
    const old = hours[slot] ?? null;
    const now = old === null ? most : old + (most - old) * latestWeight;
    hours[slot] = Math.round(now * 100) / 100;
    if (hours.every((one) => (one ?? 0) < 0.1)) this.#keys.delete(key);
  }
}
