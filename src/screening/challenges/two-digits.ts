import { type Challenge, keysWithSlips } from './challenge.ts';

/** Two random digits are read out, and the caller presses them. */
export const twoDigits: Challenge = {
  isKnownBefore: false,
  prepare(random) {
    // The digits differ: the same digit twice is what a key that bounces or a robot that repeats would send.
    const first = Math.floor(random() * 10) % 10;
    const second = (first + 1 + (Math.floor(random() * 9) % 9)) % 10;
    const wanted = `${first}${second}`;
    return { wanted, spokenDigits: wanted };
  },
  // One, since each more is one more guess for a robot: two of ninety an attempt.
  hear: keysWithSlips(1),
};
