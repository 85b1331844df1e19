import type { CallerTrait } from './caller-trait.ts';
import { callerNumberTest } from './condition.ts';

/** One of `settings: own-numbers`. Such a call comes from inside, and never over a carrier trunk. */
export const ownNumber: CallerTrait = ({ ownNumbers }) =>
  callerNumberTest('caller is one of our own numbers', (number) => ownNumbers.find(number) !== undefined);
