import type { CallerTrait } from './caller-trait.ts';
import { yesNoTest } from './condition.ts';

/** The caller asked that the number be kept back. */
export const withheld: CallerTrait = () =>
  yesNoTest('caller number is withheld', ({ caller }) => caller.reason === 'withheld');

/** The network sent none. */
export const unavailable: CallerTrait = () =>
  yesNoTest('caller number is unavailable', ({ caller }) => caller.reason === 'unavailable');

/** Something was sent that no phone network can have assigned. */
export const malformed: CallerTrait = () =>
  yesNoTest('caller number is malformed', ({ caller }) => caller.reason === 'malformed');
