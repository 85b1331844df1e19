const DOT = '•';
const MAX_DOTS = 24;

/** What people write between digits. */
const SEPARATORS = /[\s().\-/]/gu;
/** Digits of any script, or masked ones, so that masking twice changes nothing. */
const ONLY_DIGITS = /^\+?[\p{Nd}•]+$/u;

/**
 * Masks one number, except its country and area part and its last two digits: `+13175550123` → `+1317•••••23`. Fewer than
 * ten digits keep only the last two, fewer than five none. Other text (a SIP user, a name) keeps its last two characters.
 * The result has at most 31 characters.
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
  return characters.slice(0, head).join('') + DOT.repeat(Math.min(hidden, MAX_DOTS)) + end;
}

/**
 * Five digits or more; or an international or North American number with separators. The first alternative comes first so
 * that in `+13175550123 17 s` the match ends with the number. Bounded, so linear in the length of the text.
 */
const NUMBER_IN_TEXT =
  /\+?\p{Nd}{5,}|\+\p{Nd}[\p{Nd} ().-]{5,22}\p{Nd}|(?<![\p{Nd}.])\(?\p{Nd}{3}\)?[ .-]{1,2}\p{Nd}{3}[ .-]\p{Nd}{4}(?!\p{Nd})/gu;

/** Most log texts contain none and skip the expression above. */
const mayHoldNumber = /[0-9\u0080-\uffff]/;

/** Masks every number in a text as `maskNumber` does. */
export function maskNumbersIn(text: string): string {
  if (!mayHoldNumber.test(text)) return text;
  return text.replace(NUMBER_IN_TEXT, (number) => maskNumber(number));
}

/** The numbers that `maskNumbersIn` masks, without separators: `+13175550123`, `3175550123`. */
export function numbersIn(text: string): string[] {
  return (text.match(NUMBER_IN_TEXT) ?? []).map((number) => number.replace(SEPARATORS, ''));
}
