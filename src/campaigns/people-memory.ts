import type { TraitKey } from './call-traits.ts';

const halfLifeMs = 7 * 86_400_000;
const meanLifeMs = halfLifeMs / Math.LN2;
/** Some 3 MB. Callers who are no people add none, so that invented numbers cannot push these out. */
const maxKeys = 20_000;

interface Weight {
  value: number;
  /** Epoch ms to which the value belongs. */
  at: number;
}

/**
 * Which traits people show: known callers, and those who passed. Each counts for some days, less and less (half after a week). It says
 * how many people a campaign by these traits would catch.
 */
export class PeopleMemory {
  readonly #weights = new Map<TraitKey, Weight>();
  readonly #all: Weight = { value: 0, at: 0 };
  #since: number | null = null;

  /** @param count negative: what was added before was no person after all */
  add(keys: readonly TraitKey[], count: number, now: number): void {
    this.#since ??= now;
    addTo(this.#all, count, now);
    for (const key of keys) {
      const weight = this.#weights.get(key) ?? { value: 0, at: now };
      addTo(weight, count, now);
      // The latest stand last.
      this.#weights.delete(key);
      this.#weights.set(key, weight);
    }
    for (const key of this.#weights.keys()) {
      if (this.#weights.size <= maxKeys) break;
      this.#weights.delete(key);
    }
  }

  weightOf(key: TraitKey, now: number): number {
    const weight = this.#weights.get(key);
    return weight === undefined ? 0 : valueAt(weight, now);
  }

  total(now: number): number {
    return valueAt(this.#all, now);
  }

  /** How long it has been filled, ms, at most as long as it remembers. */
  spanMs(now: number): number {
    return Math.min(meanLifeMs, Math.max(1, now - (this.#since ?? now)));
  }
}

function addTo(weight: Weight, count: number, now: number): void {
  weight.value = Math.max(0, valueAt(weight, now) + count);
  weight.at = Math.max(weight.at, now);
}

function valueAt({ value, at }: Weight, now: number): number {
  return now <= at ? value : value * 2 ** ((at - now) / halfLifeMs);
}
