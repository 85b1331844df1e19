import type { Dice } from './dice.ts';
import type { Manner, Odds } from './truth.ts';

const odds = (first: number, second: number, wrong: number, silent: number): Odds => ({
  first,
  second,
  wrong,
  silent,
});

type Person = Manner & { readonly kind: 'person' };

export const adult: Person = {
  kind: 'person',
  press1: odds(0.925, 0.04, 0.003, 0.007),
  twoDigits: odds(0.87, 0.075, 0.01, 0.01),
  callsAgain: 0.6,
};
const elderly: Person = {
  kind: 'person',
  press1: odds(0.62, 0.19, 0.03, 0.1),
  twoDigits: odds(0.48, 0.23, 0.07, 0.14),
  callsAgain: 0.45,
};
/** Understands little of the prompt. */
const otherLanguage: Person = {
  kind: 'person',
  press1: odds(0.72, 0.14, 0.02, 0.06),
  twoDigits: odds(0.55, 0.2, 0.07, 0.08),
  callsAgain: 0.5,
};
/** A dial, a cordless phone whose keys send nothing. */
const withoutKeys: Person = {
  kind: 'person',
  press1: odds(0, 0, 0, 0.9),
  twoDigits: odds(0, 0, 0, 0.9),
  callsAgain: 0.3,
};
/** Rang by mistake or in anger. */
export const upset: Person = {
  kind: 'person',
  press1: odds(0.78, 0.05, 0.01, 0.01),
  twoDigits: odds(0.7, 0.07, 0.02, 0.01),
  callsAgain: 0.3,
  leavesWhenTold: 0.6,
  talkMs: 35_000,
};
/** Types while listening. */
export const relayAssistant: Person = {
  kind: 'person',
  press1: odds(0.6, 0.3, 0.01, 0.05),
  twoDigits: odds(0.5, 0.35, 0.03, 0.07),
  callsAgain: 0.8,
};
/** Paid by the call. */
export const agent: Person = {
  kind: 'person',
  press1: odds(0.85, 0.03, 0.01, 0.03),
  twoDigits: odds(0.74, 0.06, 0.02, 0.04),
  callsAgain: 0,
};
export const playsMessage: Manner = { kind: 'plays-message' };

export function patientManner(dice: Dice): Person {
  return dice.weighted([
    [adult, 94],
    [otherLanguage, 5.7],
    [withoutKeys, 0.3],
  ]);
}

export function elderlyManner(dice: Dice): Person {
  return dice.weighted([
    [elderly, 97],
    [withoutKeys, 3],
  ]);
}
