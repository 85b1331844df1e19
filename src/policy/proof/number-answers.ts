import type { Variable } from '../conditions/logic.ts';
import type { NumberList } from '../lists.ts';
import { NumberMap } from '../number-map.ts';
import { numberTraits } from '../number-traits.ts';

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
      return new NumberMap([[variable.pattern, true]]).find(number) ?? false;
    case 'caller-country':
      return numberTraits(number)?.country === variable.country;
    case 'caller-type':
      return numberTraits(number)?.type === variable.type;
    case 'caller-valid':
      return numberTraits(number)?.valid ?? false;
    default:
      return null;
  }
}
