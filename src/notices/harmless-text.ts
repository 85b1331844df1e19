import { maskNumber, maskNumbersIn } from '../log/mask-number.ts';

const mostCharacters = 300;

/**
 * A text as it may stand in a notice: numbers masked, one line, no control characters and none that turn the direction
 * of writing, at most 300 characters. What each channel would read as markup it makes harmless itself.
 */
export function harmlessText(text: string): string {
  const bare = maskNumbersIn(text.toWellFormed()).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/gu, '\uFFFD');
  return bare.length > mostCharacters ? `${bare.slice(0, mostCharacters - 1)}…` : bare;
}

/** A number of ours or a caller's. */
export function shownNumber(number: string): string {
  return maskNumber(number).slice(0, 31);
}
