import { hash } from 'node:crypto';
import { seeded } from '../../test/fakes/seeded-random.ts';

/** Chance that is the same at every run with the same seed. A part of the month has dice of its own, so that a change in one moves no other. */
export class Dice {
  readonly #random: () => number;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.#random = seeded(Number.parseInt(hash('sha256', name).slice(0, 8), 16));
  }

  of(part: string | number): Dice {
    return new Dice(`${this.#name}/${part}`);
  }

  /** From 0 to below 1. */
  next(): number {
    return this.#random();
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  between(from: number, to: number): number {
    return from + this.#random() * (to - from);
  }

  /** A whole number from 0 to below `below`. */
  below(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(all: readonly T[]): T {
    const one = all[this.below(all.length)];
    if (one === undefined) throw new Error('there is nothing to pick from');
    return one;
  }

  /** One of these by its weight. */
  weighted<T>(all: readonly (readonly [T, number])[]): T {
    let left = this.#random() * all.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [one, weight] of all) {
      left -= weight;
      if (left < 0) return one;
    }
    throw new Error('there is nothing to pick from');
  }

  /** Normal, by the sum of twelve. */
  about(mean: number, deviation: number): number {
    let sum = -6;
    for (let at = 0; at < 12; at++) sum += this.#random();
    return mean + deviation * sum;
  }

  /** How many of something that is expected `mean` times; Poisson, of a large mean its normal. */
  count(mean: number): number {
    if (mean > 60) return Math.max(0, Math.round(this.about(mean, Math.sqrt(mean))));
    let product = this.#random();
    let count = 0;
    for (const least = Math.exp(-mean); product > least; count++) product *= this.#random();
    return count;
  }
}
