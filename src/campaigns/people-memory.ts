import { z } from 'zod';
import type { TraitKey } from './call-traits.ts';
import { digestOfText } from './distinct-count.ts';

const halfLifeMs = 7 * 86_400_000;
const meanLifeMs = halfLifeMs / Math.LN2;
/** Some 3 MB. Callers who are no people add none, so that invented numbers cannot push these out. */
const maxKeys = 20_000;

const maxLearnt = 5000;

const learntPeople = z.object({
  at: z.number(),
  since: z.number(),
  all: z.number(),
  weights: z.array(z.tuple([z.number(), z.number()]).readonly()),
});
/** Traits by a digest: nobody can read whom they are of. */
type LearntPeople = z.infer<typeof learntPeople>;

/** Null: it is none. */
export function readLearntPeople(text: string | null): LearntPeople | null {
  try {
    return learntPeople.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

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
  readonly #weights = new Map<number, Weight>();
  readonly #all: Weight = { value: 0, at: 0 };
  #since: number | null = null;

  /** @param count negative: what was added before was no person after all */
  add(keys: readonly TraitKey[], count: number, now: number): void {
    this.#since ??= now;
    addTo(this.#all, count, now);
    for (const key of keys.map(digestOfText)) {
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
    const weight = this.#weights.get(digestOfText(key));
    return weight === undefined ? 0 : valueAt(weight, now);
  }

  total(now: number): number {
    return valueAt(this.#all, now);
  }

  /** For another process: the heaviest. */
  learnt(now: number): LearntPeople {
    const weights = [...this.#weights].map(([key, weight]) => [key, round(valueAt(weight, now))] as const);
    const kept = weights.filter(([, value]) => value >= 0.5).sort(([, a], [, b]) => b - a);
    return {
      at: now,
      since: this.#since ?? now,
      all: round(this.total(now)),
      weights: kept.slice(0, maxLearnt),
    };
  }

  /** What another process learned; before anything is added. */
  restore({ at, since, all, weights }: LearntPeople): void {
    this.#since = since;
    this.#all.value = all;
    this.#all.at = at;
    for (const [key, value] of weights.slice(0, maxLearnt)) this.#weights.set(key, { value, at });
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

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
