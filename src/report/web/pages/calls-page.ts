import type { CallOrder, CallPage, CallRecords, ValueCount } from '../../../call/call-records.ts';
import { count } from '../../../call/sentences.ts';
import { dispositions } from '../../../call/vocabulary.ts';
import { address } from '../address.ts';
import { answered } from '../answered.ts';
import { sum } from '../counted.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';
import { type FilterQuery, filterChips, filterForm, type ReadFilter } from './call-filter.ts';
import { callTable, placeMark } from './call-rows.ts';

export const callsPerPage = 50;

export interface CallsFound {
  readonly page: CallPage;
  /** Calls by result, all pages together. */
  readonly results: readonly ValueCount[];
}

export interface CallsAsked {
  readonly read: ReadFilter;
  readonly order: CallOrder;
  /** Null: the first page. */
  readonly cursor: string | null;
}

export function readOrder({ order }: FilterQuery): CallOrder {
  return order === 'oldest' ? 'oldest' : 'newest';
}

/** @throws NotAnswered */
export async function callsFound(
  records: CallRecords,
  { read: { filter }, order, cursor }: CallsAsked,
): Promise<CallsFound> {
  const [page, results] = await answered(
    Promise.all([records.page(filter, cursor, callsPerPage, order), records.counts('where', filter)]),
  );
  return { page, results };
}

/** @param found null: the filter or the time cannot be read, so that nothing may be shown */
export function callsPage(
  { read, order, cursor }: CallsAsked,
  found: CallsFound | null,
  range: TimeRange,
  policy: PolicyView,
  numbers: PageNumbers,
): Html {
  const ordered: FilterQuery = order === 'oldest' ? { order } : {};
  const kept = { ...range.query, ...ordered };
  return html`${rangeHeading('Calls', 'Search calls and open their details.', '/calls', range, { ...read.query, ...ordered })}
${read.problems.map((problem) => html`<p class="notice warn" role="alert">${problem} Nothing is shown.</p>`)}
${filterForm(read, kept, policy, numbers)}
<form class="by-id" action="/calls/find" method="get"><label><span>Call ID or SIP Call-ID</span><input name="id" maxlength="400" autocomplete="off" spellcheck="false" required></label><button>Open</button></form>
${filterChips(read, kept, numbers)}
${
  found !== null &&
  html`<section aria-label="Calls found">
${totals(found.results, read.query, kept)}
${orderLinks(order, { ...range.query, ...read.query })}
${callTable(order === 'newest' ? 'Calls found, newest first' : 'Calls found, oldest first', found.page.calls, numbers, 'No matching calls.')}
${paging(found.page, order, cursor, { ...kept, ...read.query })}
${exportLinks('calls', { ...kept, ...read.query })}
</section>`
}`;
}

/** How many calls match, by result; each leads to those. */
function totals(results: readonly ValueCount[], filters: FilterQuery, kept: FilterQuery): Html | null {
  const all = sum(results);
  if (all === 0) return null;
  const found = new Map(results.map(({ value, calls }) => [value, calls]));
  return html`<ul class="totals"><li><span class="big">${count(all)}</span> ${all === 1 ? 'call' : 'calls'}</li>${dispositions.words
    .filter((key) => found.has(key))
    .map(
      (key) =>
        html`<li><a href="${address('/calls', { ...kept, ...filters, where: key })}"><span class="big">${count(found.get(key) ?? 0)}</span> ${placeMark(key)}</a></li>`,
    )}</ul>`;
}

function orderLinks(order: CallOrder, here: FilterQuery): Html {
  const link = (wanted: CallOrder, words: string) =>
    html`<a href="${address('/calls', { ...here, order: wanted === 'oldest' ? wanted : null })}"${order === wanted && html` aria-current="true"`}>${words}</a>`;
  return html`<nav class="order" aria-label="Order">${link('newest', 'Newest first')} ${link('oldest', 'Oldest first')}</nav>`;
}

function paging(
  { next, previous }: CallPage,
  order: CallOrder,
  cursor: string | null,
  here: FilterQuery,
): Html {
  const [before, after] =
    order === 'newest' ? ['Newer calls', 'Older calls'] : ['Older calls', 'Newer calls'];
  return html`<nav class="paging" aria-label="More calls">${cursor !== null && html`<a href="${address('/calls', here)}">${order === 'newest' ? 'Newest calls' : 'Oldest calls'}</a>`}
${previous !== null && html`<a rel="prev" href="${address('/calls', { ...here, cursor: previous })}">${before}</a>`}
${next !== null && html`<a rel="next" href="${address('/calls', { ...here, cursor: next })}">${after}</a>`}</nav>`;
}
