import { oneOrMore, word } from '../schema-words.ts';
import { calledNumberItself } from './called-number-itself.ts';
import type { CallerTrait } from './caller-trait.ts';
import { combine } from './combine.ts';
import { defineCondition } from './condition.ts';
import { malformed, unavailable, withheld } from './number-missing.ts';
import { ownNumber } from './own-number.ts';
import { sameExchange } from './same-exchange.ts';

const traits: Record<string, CallerTrait> = {
  withheld,
  unavailable,
  malformed,
  'own-number': ownNumber,
  'same-exchange': sameExchange,
  'called-number': calledNumberItself,
};

/** `caller: { is: withheld }`: what the caller number is to us. Several mean any of them. */
export const callerIs = defineCondition({
  path: ['caller', 'is'],
  schema: oneOrMore(word('caller is', Object.keys(traits) as [string, ...string[]])),
  compile(asked, context) {
    return combine(
      'any',
      asked.flatMap((name) => traits[name]?.(context) ?? []),
    );
  },
});
