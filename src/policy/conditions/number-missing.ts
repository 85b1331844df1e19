import type { NoNumberReason } from '../facts.ts';
import { yesNoTest } from './answer.ts';
import type { CallerTrait } from './caller-trait.ts';
import { ask } from './formula.ts';
import { is } from './logic.ts';

/** The caller asked that the number be kept back. */
export const withheld = missing('withheld');

/** The network sent none. */
export const unavailable = missing('unavailable');

/** Something was sent that no phone network can have assigned. */
export const malformed = missing('malformed');

function missing(reason: NoNumberReason): CallerTrait {
  const test = yesNoTest(`caller number is ${reason}`, ({ caller }) => caller.reason === reason);
  return () => ask(test, is({ about: 'caller-missing', reason }));
}
