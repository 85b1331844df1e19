import type { NoNumberReason } from '../../call/vocabulary.ts';
import { isUnallocated } from '../../numbers/unallocated.ts';
import { callerNumberTest, yesNoTest } from '../logic/answer.ts';
import { ask, type Formula, join } from '../logic/formula.ts';
import { anyOf, is } from '../logic/logic.ts';
import { oneOrMore, word } from '../yaml/schema-words.ts';
import { type CompileContext, defineCondition } from './condition.ts';

/** One word of `caller: { is: … }`. */
type CallerTrait = (context: CompileContext) => Formula;

/** The caller asked that the number be kept back. */
const withheld = missing('withheld');

/** The network sent none. */
const unavailable = missing('unavailable');

/** Something was sent that no phone network can have assigned. */
const malformed = missing('malformed');

/** 911, 211, an SMS sender: a number of nobody, so that nothing is remembered of it. */
const shortCode = missing('short-code');

function missing(reason: NoNumberReason): CallerTrait {
  const test = yesNoTest(`caller number is ${reason}`, ({ caller }) => caller.reason === reason);
  return () => ask(test, is({ about: 'caller-missing', reason }));
}

/** Of a range that nobody was given: the number is made up. */
const unallocated: CallerTrait = () =>
  ask(callerNumberTest('caller number is unallocated', isUnallocated), is({ about: 'caller-unallocated' }));

/** One of `settings: own-numbers`. Such a call comes from inside, and never over a carrier trunk. */
const ownNumber: CallerTrait = ({ ownNumbers, ownPatterns }) =>
  ask(
    callerNumberTest('caller is one of our own numbers', (number) => ownNumbers.find(number) !== undefined),
    anyOf(ownPatterns.map((pattern) => is({ about: 'caller-pattern', pattern }))),
  );

/** The call claims to come from the very number that it dialed. */
const calledNumberItself: CallerTrait = () =>
  ask(
    callerNumberTest('caller number is the called number', (number, { called }) => called.number === number),
    is({ about: 'caller-near', how: 'called-number' }),
  );

/** +1, three digits of area code, three of exchange. */
const exchangeLength = 8;

/**
 * The caller shares area code and exchange (NPA-NXX) with the dialed number: what robots choose so that a call looks
 * local. North American numbers only; elsewhere exchanges have no fixed length.
 */
const sameExchange: CallerTrait = () =>
  ask(
    callerNumberTest(
      'caller has the exchange of the called number',
      (number, { called }) => called.number !== null && haveSameExchange(number, called.number),
    ),
    is({ about: 'caller-near', how: 'same-exchange' }),
  );

/** @param caller E.164. @param called E.164 */
export function haveSameExchange(caller: string, called: string): boolean {
  return (
    isNorthAmerican(caller) && isNorthAmerican(called) && caller.startsWith(called.slice(0, exchangeLength))
  );
}

function isNorthAmerican(number: string): boolean {
  return number.length === 12 && number.startsWith('+1');
}

const traits: Record<string, CallerTrait> = {
  withheld,
  unavailable,
  malformed,
  'short-code': shortCode,
  unallocated,
  'own-number': ownNumber,
  'same-exchange': sameExchange,
  'called-number': calledNumberItself,
};

/** `caller: { is: withheld }`: what the caller number is to us. Several mean any of them. */
export const callerIs = defineCondition({
  path: ['caller', 'is'],
  schema: oneOrMore(word('caller is', Object.keys(traits) as [string, ...string[]])),
  about:
    'What the caller number is to us: withheld, unavailable (none was sent), malformed (no number), short-code (911, 211, 24273), unallocated (of a range that nobody was given; in North America one that is not to be given either), own-number (one of ours), same-exchange (area code and exchange of the called number), called-number (the very number that was dialed).',
  example: 'caller: { is: [withheld, unavailable] }',
  compile(asked, context) {
    return join(
      'any',
      asked.flatMap((name) => traits[name]?.(context) ?? []),
    );
  },
});
