/**
 * What a terminal, browser, spreadsheet or phone acts on or hides instead of showing: control characters, line separators,
 * direction marks, invisible characters and tags, and half characters of UTF-16.
 */
const hidden = '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\u2065\\u{E0000}-\\u{E007F}';
const anyHidden = new RegExp(`[${hidden}]`, 'gu');
const hiddenRuns = new RegExp(`[${hidden}]+`, 'gu');
/** On a screen joiners stay: scripts and emoji need them. */
const hiddenOnScreen = new RegExp(`(?![\\u200C\\u200D])[${hidden}]`, 'gu');
/** Also private use and blank fillers, which every font shows differently or not at all. */
const hiddenOrBlank = new RegExp(`[${hidden}\\p{Co}\\u115F\\u1160\\u3164\\uFFA0]`, 'gu');
const printableAscii = /^[ -~]*$/;
const wordsOfAscii = /^[!-~]+(?: [!-~]+)*$/;

/**
 * How hidden characters are shown: `replace` with U+FFFD, `space` with one blank and the text trimmed, `drop`, or
 * `name` as `‹U+202E›`.
 */
export type HiddenCharacters = 'replace' | 'space' | 'drop' | 'name';

/** Text that others wrote, on one line and with nothing in it but what is seen. Longer texts end with `…`. */
export function visibleText(
  text: string,
  as: HiddenCharacters = 'replace',
  maxCharacters = Number.POSITIVE_INFINITY,
): string {
  const plain = as === 'space' ? wordsOfAscii : printableAscii;
  const visible = plain.test(text) ? text : shown(text, as);
  return visible.length > maxCharacters ? `${visible.slice(0, maxCharacters - 1).toWellFormed()}…` : visible;
}

/** A value as JSON on one line. Hidden characters are escaped in it, so it parses to the same value. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(anyHidden, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function shown(text: string, as: HiddenCharacters): string {
  if (as === 'replace') return text.replace(hiddenOnScreen, '\uFFFD');
  if (as === 'drop') return text.replace(anyHidden, '');
  if (as === 'space') return text.replace(hiddenRuns, ' ').replace(/ {2,}/g, ' ').trim();
  return text.toWellFormed().replace(hiddenOrBlank, named);
}

function named(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}
