import { address, exactTime } from '../address.ts';
import { type Html, html } from '../html.ts';
import type { TimeRange } from '../time-range.ts';

/** Views of the calls that are asked for again and again. */
const views = [
  { words: 'Failed the challenge today', query: { since: 'today', challenge: 'failed' } },
  { words: 'Hung up in the challenge today', query: { since: 'today', challenge: 'gave-up' } },
  { words: 'Left to voicemail yesterday', query: { since: 'yesterday', until: 'today', where: 'voicemail' } },
  { words: 'In a campaign, 7 days', query: { since: '7d', campaign: 'any' } },
  { words: 'Rejected, 7 days', query: { since: '7d', where: 'rejected' } },
  { words: 'Bypassed screening, 7 days', query: { since: '7d', where: 'bypassed' } },
] as const;

/**
 * Saved views are links, and so is this view: a bookmark keeps it. With exact times it stays what it is now; without, `today` is that of
 * whoever opens it.
 */
export function viewLinks(here: Readonly<Record<string, string>>, range: TimeRange): Html {
  const exact = { ...here, since: exactTime(range.since), until: exactTime(range.until) };
  return html`<nav class="views" aria-label="Views">${views.map(
    ({ words, query }) => html`<a href="${address('/calls', query)}">${words}</a>`,
  )}<span class="copy"><a href="${address('/calls', here)}" data-copy>Copy link to this view</a> · <a href="${address('/calls', exact)}" data-copy>with exact times</a></span></nav>`;
}
