import type { ValueCount } from '../../../../call/call-records.ts';
import { count } from '../../../../call/sentences.ts';
import { dispositions } from '../../../../call/vocabulary.ts';
import { sum } from '../../counted.ts';
import { type Html, html } from '../../html.ts';
import { placeMark } from '../call-rows.ts';

/** Calls by result. `href`: the calls of a result, `hrefOfAll`: all of them; null: this visitor cannot search for them. */
export function resultTotals(
  results: readonly ValueCount[],
  href: (where: string) => string | null,
  hrefOfAll: string | null,
): Html {
  const all = sum(results);
  const found = new Map(results.map(({ value, calls }) => [value, calls]));
  const linked = (to: string | null, words: Html) =>
    to === null ? words : html`<a href="${to}">${words}</a>`;
  const total = html`<span class="big">${count(all)}</span> ${all === 1 ? 'call' : 'calls'}`;
  return html`<ul class="totals"><li>${linked(hrefOfAll, total)}</li>${dispositions.words
    .filter((key) => found.has(key))
    .map(
      (key) =>
        html`<li>${linked(href(key), html`<span class="big">${count(found.get(key) ?? 0)}</span> ${placeMark(key)}`)}</li>`,
    )}</ul>`;
}
