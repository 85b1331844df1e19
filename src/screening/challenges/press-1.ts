import { type Challenge, keysWithSlips } from './challenge.ts';

/** "To be connected, press 1." */
export const press1: Challenge = {
  isKnownBefore: true,
  prepare: () => ({ wanted: '1', spokenDigits: null }),
  hear: keysWithSlips(3),
};
