import type { CallPage } from '../../../call/call-records.ts';
import { address } from '../address.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';
import { filterForm, type ReadFilter } from './call-filter.ts';
import { callTable } from './call-rows.ts';

export const callsPerPage = 50;

export interface CallsData {
  readonly read: ReadFilter;
  readonly page: CallPage;
  /** The cursor that was asked for; null: the newest calls. */
  readonly cursor: string | null;
}

export function callsPage(data: CallsData, range: TimeRange, policy: PolicyView, numbers: PageNumbers): Html {
  const { read, page, cursor } = data;
  const here = { ...range.query, ...read.query };
  return html`${rangeHeading('Calls', 'Search calls and open their details.', '/calls', range)}
${read.problems.map((problem) => html`<p class="notice warn" role="alert">${problem}</p>`)}
${filterForm(read, range, policy, numbers)}
<form class="by-id" action="/calls/find" method="get"><label><span>Call ID or SIP Call-ID</span><input name="id" maxlength="400" autocomplete="off" spellcheck="false" required></label><button>Open</button></form>
<section aria-label="Calls found">
${callTable('Calls found, newest first', page.calls, numbers, 'No matching calls.')}
<nav class="paging" aria-label="More calls">${cursor !== null && html`<a href="${address('/calls', here)}">Newest calls</a>`}
${page.next !== null && html`<a rel="next" href="${address('/calls', { ...here, cursor: page.next })}">Older calls</a>`}</nav>
</section>`;
}
