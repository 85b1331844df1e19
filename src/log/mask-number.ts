const DOT = '•';
const MOST_DOTS = 24;

/** What people write between the digits of a number. */
const SEPARATORS = /[\s().\-/]/gu;
/** A digit of any script, or one that was masked before, so that masking twice changes nothing. */
const ONLY_DIGITS = /^\+?[\p{Nd}•]+$/u;

/**
 * Masks one caller or called number: country and area part and the last two digits stay, `+13175550123` →
 * `+1317•••••23`. Fewer than ten digits keep only the last two, fewer than five nothing. A text that is no number (a SIP
 * user, a name) keeps its last two characters. The result is at most 31 characters long.
 */
export function maskNumber(text: string): string {
  const bare = text.replace(SEPARATORS, '');
  if (!ONLY_DIGITS.test(bare)) return hide([...text], 0);
  const international = bare.startsWith('+');
  const digits = [...bare.slice(international ? 1 : 0)];
  const head = digits.length < 10 ? 0 : international ? 4 : 3;
  return (international ? '+' : '') + hide(digits, head);
}

function hide(characters: readonly string[], head: number): string {
  const tail = characters.length < 5 ? 0 : 2;
  const hidden = characters.length - head - tail;
  const end = tail === 0 ? '' : characters.slice(-tail).join('');
  return characters.slice(0, head).join('') + DOT.repeat(Math.min(hidden, MOST_DOTS)) + end;
}

/**
 * A run of five digits or more; or an international or North American number with separators. The first alternative
 * comes first so that `+13175550123 17 s` ends with the number. Bounded, so linear in the length of the text.
 */
const NUMBER_IN_TEXT =
  /\+?\p{Nd}{5,}|\+\p{Nd}[\p{Nd} ().-]{5,22}\p{Nd}|(?<![\p{Nd}.])\(?\p{Nd}{3}\)?[ .-]{1,2}\p{Nd}{3}[ .-]\p{Nd}{4}(?!\p{Nd})/gu;

/** Masks every number inside a text, see `maskNumber`; the rest of the text stays. */
export function maskNumbersIn(text: string): string {
  return text.replace(NUMBER_IN_TEXT, (number) => maskNumber(number));
}

/** The numbers that `maskNumbersIn` masks, without what is written between their digits: `+13175550123`, `3175550123`. */
export function numbersIn(text: string): string[] {
  return (text.match(NUMBER_IN_TEXT) ?? []).map((number) => number.replace(SEPARATORS, ''));
}
