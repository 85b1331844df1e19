import { basename } from 'node:path';
import { type Html, html } from '../html.ts';
import type { RuleView } from '../page-deps.ts';

/** File and line of a rule; its folder is the same for all, and told on demand. */
export function placeInFile({ place }: Pick<RuleView, 'place'>): Html {
  return html`<span class="place-in-file" title="${place.file}:${place.line}">${basename(place.file)}:${place.line}</span>`;
}
