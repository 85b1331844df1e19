/**
 * Text for a terminal: control characters (escape sequences) and those that turn the direction of writing become
 * U+FFFD, so that nothing but the text itself is shown.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD');
}
