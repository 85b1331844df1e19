import type { ValueCount } from '../../../../call/call-records.ts';
import { calls } from '../../../../call/sentences.ts';
import type { Campaign } from '../../../../campaigns/campaign.ts';
import { type Html, html, said } from '../../html.ts';
import type { PageNumbers } from '../../page-numbers.ts';

/** Campaigns by id with their calls. A record may have anything in place of an id, and old campaigns are forgotten. */
export function campaignLinks(
  found: readonly ValueCount[],
  known: readonly Campaign[],
  numbers: PageNumbers,
): Html {
  const names = new Map(known.map(({ id, name }) => [id, name]));
  return html`<ul class="links">${found.map(({ value: id, calls: own }) => {
    const words = numbers.words(names.get(id) ?? id);
    return html`<li>${names.has(id) ? html`<a href="/campaigns/${encodeURIComponent(id)}">${words}</a>` : said(numbers.text(id))} <span class="quiet">${calls(own)}</span></li>`;
  })}</ul>`;
}
