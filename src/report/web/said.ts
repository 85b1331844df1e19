import { type Html, html } from './html.ts';

/** Text that a caller, a carrier or a list says: its own direction of writing ends with it. */
export function said(text: string): Html {
  return html`<bdi class="said">${text}</bdi>`;
}
