import { isWithin } from '../../numbers/number-pattern.ts';
import { numberTraits } from '../../numbers/number-traits.ts';
import { isUnallocated } from '../../numbers/unallocated.ts';
import { noCountry, type Variable } from '../logic/logic.ts';
import type { NumberList } from '../number-list.ts';

/** Questions that `numberAnswers` answers. */
export const numberQuestions: ReadonlySet<Variable['about']> = new Set([
  'caller-list',
  'caller-pattern',
  'caller-country',
  'caller-type',
  'caller-valid',
  'caller-unallocated',
]);

/**
 * What is true of one caller number. Null: the number alone does not tell.
 * @param number E.164
 * @param now epoch ms
 */
export function numberAnswers(
  variable: Variable,
  number: string,
  lists: ReadonlyMap<string, NumberList>,
  now: number,
): boolean | null {
  switch (variable.about) {
    case 'caller-list':
      return (lists.get(variable.list)?.find(number, now) ?? null) !== null;
    case 'caller-pattern':
      return isWithin({ kind: 'exact', number }, variable.pattern);
    case 'caller-country':
      return isOfCountry(number, variable);
    case 'caller-type':
      return numberTraits(number)?.type === variable.type;
    case 'caller-unallocated':
      return isUnallocated(number);
    case 'caller-valid':
      return numberTraits(number)?.valid ?? false;
    default:
      return null;
  }
}

function isOfCountry(
  number: string,
  { country, callingCode }: Extract<Variable, { about: 'caller-country' }>,
) {
  const traits = numberTraits(number);
  if (country !== noCountry) return traits?.country === country;
  return traits !== null && traits.country === null && traits.callingCode === callingCode;
}
