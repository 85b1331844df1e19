import type { NumberPattern } from '../../../numbers/number-pattern.ts';
import { isWithin } from '../../../numbers/number-pattern.ts';
import type { Variable } from '../../logic/logic.ts';
import { anything, either, no, yes } from '../../proof/dimensions.ts';
import { ListedNumbers } from '../../proof/listed-numbers.ts';
import { exactAnswer, type PolicyPair } from './policy-pair.ts';
import { numbersOf } from './some-numbers.ts';

/** `none`: no public number, an extension. `any`: a number of which nothing is known. */
export type Called =
  | { readonly kind: 'none' }
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly number: string };

const mostOfList = 20_000;

/** Called numbers that stand for all of which the same is true; own numbers come first. */
export function calledOf(
  variables: readonly Variable[],
  pair: PolicyPair,
  changed: readonly NumberPattern[],
): readonly Called[] {
  const asked = variables.filter(({ about }) => about === 'called-list' || about === 'called-pattern');
  const { before, after } = pair;
  const own = [...before.settings.ownPatterns, ...after.settings.ownPatterns];
  const patterns = asked.flatMap((one) => (one.about === 'called-pattern' ? [one.pattern] : []));
  const found = new Map<string, Called>();
  const add = (number: string) => {
    const key = asked.map((one) => (calledIs(one, number, pair) ? '1' : '0')).join('');
    if (!found.has(key)) found.set(key, { kind: 'number', number });
  };
  for (const pattern of own) for (const number of numbersOf(pattern, 20)) add(number);
  for (const pattern of patterns) for (const number of numbersOf(pattern, 20)) add(number);
  if (asked.some(({ about }) => about === 'called-list')) {
    for (const pattern of changed) for (const number of numbersOf(pattern, 3)) add(number);
    for (const list of [...before.lists.values(), ...after.lists.values()]) {
      let looked = 0;
      for (const number of new ListedNumbers(list).sample()) if (++looked <= mostOfList) add(number);
      for (const { pattern } of new ListedNumbers(list).patterns().slice(0, 500))
        for (const number of numbersOf(pattern, 3)) add(number);
    }
  }
  add('+13175550100');
  return [{ kind: 'none' }, { kind: 'any' }, ...found.values()];
}

/** What the question can answer there; everything, when it is not about the called number. */
export function calledAnswer(variable: Variable, called: Called, pair: PolicyPair): number {
  switch (variable.about) {
    case 'called-list':
    case 'called-pattern':
      if (called.kind === 'number') return calledIs(variable, called.number, pair) ? yes : no;
      if (called.kind === 'none') return no;
      return variable.about === 'called-list' && variable.only !== undefined ? no : either;
    case 'caller-near':
      return called.kind === 'none' ? no : either;
    default:
      return anything;
  }
}

export function calledIs(variable: Variable, number: string, pair: PolicyPair): boolean {
  if (variable.about === 'called-pattern') return isWithin({ kind: 'exact', number }, variable.pattern);
  return exactAnswer(variable, number, pair) === true;
}
