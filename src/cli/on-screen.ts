/** What a caller wrote must not move the cursor of the terminal it is shown on. */
export function onScreen(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}
