import type { CallerTrait } from './caller-trait.ts';
import { callerNumberTest } from './condition.ts';

/** The call claims to come from the very number that it dialled. */
export const calledNumberItself: CallerTrait = () =>
  callerNumberTest('caller number is the called number', (number, { called }) => called.number === number);
