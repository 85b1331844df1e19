/**
 * Control characters (C0, C1: escape sequences), line and paragraph separators, marks that turn the direction of writing,
 * and characters that are not seen at all. Joiners stay: scripts and emoji need them.
 */
const harmful =
  /[\p{Cc}\p{Zl}\p{Zp}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;

/**
 * Text for a terminal or a csv: what would act instead of being shown (see above), and half a character of UTF-16, becomes
 * U+FFFD, so that nothing but the text itself is shown, on one line.
 */
export function harmless(text: string): string {
  return text.toWellFormed().replace(harmful, '\uFFFD');
}

/** JSON of a value on one line; what is not to reach a terminal is escaped in it, and so is still read back as it was. */
export function harmlessJson(value: unknown): string {
  return JSON.stringify(value).replace(harmful, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
