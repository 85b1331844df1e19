import { type Html, html } from '../../html.ts';
import { heading } from '../../layout.ts';

/** Why nothing was changed. @param why a sentence; @param back a page of ours */
export function refusedAction(why: string, back: string): Html {
  return html`${heading('Nothing was changed', 'Calls are screened as before.')}
<p class="notice warn" role="alert">${why}</p>
<p><a href="${back}">Back</a></p>`;
}
