import { type Challenge, hearKeys } from './challenge.ts';

/** "To be connected, press 1." */
export const press1: Challenge = {
  overrunMs: 0,
  prepare: () => ({ wanted: '1', spokenDigits: null }),
  hear: hearKeys,
};
