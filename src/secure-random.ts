import { randomInt } from 'node:crypto';

/** 0 to below 1, not to be guessed: the digits of a challenge come from it. */
export function secureRandom(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
