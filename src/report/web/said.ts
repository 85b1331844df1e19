import { type Html, html } from './html.ts';

/**
 * Text that a caller, a carrier or a list says, shown as what it is: control characters, direction marks and invisible ones
 * are named (`‹U+202E›`), and its own direction of writing ends with it.
 */
export function said(text: string): Html {
  return html`<bdi class="said">${named(text)}</bdi>`;
}

/** As `said`, for places that take text only: a title, an attribute. */
export function named(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u115F\u1160\u3164\uFFA0]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
    });
}
