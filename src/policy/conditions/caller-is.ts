import { oneOrMore, word } from '../schema-words.ts';
import { calledNumberItself } from './called-number-itself.ts';
import type { CallerTrait } from './caller-trait.ts';
import { defineCondition } from './condition.ts';
import { join } from './formula.ts';
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
  about:
    'What the caller number is to us: withheld, unavailable (none was sent), malformed (no number), own-number (one of ours), same-exchange (area code and exchange of the called number), called-number (the very number that was dialled).',
  example: 'caller: { is: [withheld, unavailable] }',
  compile(asked, context) {
    return join(
      'any',
      asked.flatMap((name) => traits[name]?.(context) ?? []),
    );
  },
});
