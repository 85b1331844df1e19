import { callerNumberTest } from './answer.ts';
import type { CallerTrait } from './caller-trait.ts';
import { ask } from './formula.ts';
import { is } from './logic.ts';

/** The call claims to come from the very number that it dialled. */
export const calledNumberItself: CallerTrait = () =>
  ask(
    callerNumberTest('caller number is the called number', (number, { called }) => called.number === number),
    is({ about: 'caller-near', how: 'called-number' }),
  );
