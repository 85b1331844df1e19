/**
 * Text of which every character can be seen: control characters, escape sequences, direction marks and invisible ones are
 * named, `‹U+202E›`. What is wrong UTF-16 becomes U+FFFD.
 */
export function named(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u115F\u1160\u3164\uFFA0]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
    });
}
