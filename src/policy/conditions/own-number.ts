import { callerNumberTest } from './answer.ts';
import type { CallerTrait } from './caller-trait.ts';
import { ask } from './formula.ts';
import { anyOf, is } from './logic.ts';

/** One of `settings: own-numbers`. Such a call comes from inside, and never over a carrier trunk. */
export const ownNumber: CallerTrait = ({ ownNumbers, ownPatterns }) =>
  ask(
    callerNumberTest('caller is one of our own numbers', (number) => ownNumbers.find(number) !== undefined),
    anyOf(ownPatterns.map((pattern) => is({ about: 'caller-pattern', pattern }))),
  );
