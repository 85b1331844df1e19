import { callerNumberTest } from './answer.ts';
import type { CallerTrait } from './caller-trait.ts';
import { ask } from './formula.ts';
import { is } from './logic.ts';

/** +1, three digits of area code, three of exchange. */
const exchangeLength = 8;

/**
 * The caller shares area code and exchange (NPA-NXX) with the dialled number: what robots choose so that a call looks
 * local. North American numbers only; elsewhere exchanges have no fixed length.
 */
export const sameExchange: CallerTrait = () =>
  ask(
    callerNumberTest('caller has the exchange of the called number', (number, { called }) => {
      return isNorthAmerican(number) && called.number !== null && isNorthAmerican(called.number)
        ? number.startsWith(called.number.slice(0, exchangeLength))
        : false;
    }),
    is({ about: 'caller-near', how: 'same-exchange' }),
  );

function isNorthAmerican(number: string): boolean {
  return number.length === 12 && number.startsWith('+1');
}
