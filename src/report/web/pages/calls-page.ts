import type { CallOrder, CallPage, CallRecords, ValueCount } from '../../../call/call-records.ts';
import { count } from '../../../call/sentences.ts';
import { dispositions } from '../../../call/vocabulary.ts';
import { address, stepAddress } from '../address.ts';
import { answered } from '../answered.ts';
import { stackedBars } from '../charts/stacked-bars.ts';
import { type Series, series, stepsOf, sum } from '../counted.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';
import { type FilterQuery, filterChips, filterForm, type ReadFilter } from './call-filter.ts';
import { callTable, placeMark } from './call-rows.ts';
import { viewLinks } from './call-views.ts';
import { type BulkFlags, bulkForm, pickBox } from './callers/bulk-flags.ts';

export const callsPerPage = 50;
/** Height of the picture above the calls. */
const lowPx = 110;

export interface CallsFound {
  readonly page: CallPage;
  /** Calls by result, all pages together. */
  readonly results: readonly ValueCount[];
  readonly overTime: Series;
}

export interface CallsAsked {
  readonly read: ReadFilter;
  readonly order: CallOrder;
  /** Null: the first page. */
  readonly cursor: string | null;
}

const orders: Readonly<Record<CallOrder, { readonly words: string; readonly paging: readonly string[] }>> = {
  newest: { words: 'Newest first', paging: ['Newest calls', 'Newer calls', 'Older calls'] },
  oldest: { words: 'Oldest first', paging: ['Oldest calls', 'Older calls', 'Newer calls'] },
  longest: { words: 'Longest screening first', paging: ['Longest calls', 'Longer calls', 'Shorter calls'] },
};

export function readOrder({ order }: FilterQuery): CallOrder {
  return order === 'oldest' || order === 'longest' ? order : 'newest';
}

/** @throws NotAnswered */
export async function callsFound(
  records: CallRecords,
  { read: { filter }, order, cursor }: CallsAsked,
): Promise<CallsFound> {
  const steps = stepsOf(filter);
  const [page, results, timeline] = await answered(
    Promise.all([
      records.page(filter, cursor, callsPerPage, order),
      records.counts('where', filter),
      records.timeline(steps.starts, filter),
    ]),
  );
  return { page, results, overTime: series(timeline, steps) };
}

/** @param found null: the filter or the time cannot be read, so that nothing may be shown */
export function callsPage(
  { read, order, cursor }: CallsAsked,
  found: CallsFound | null,
  range: TimeRange,
  policy: PolicyView,
  numbers: PageNumbers,
  bulk: BulkFlags,
): Html {
  const ordered: FilterQuery = order === 'newest' ? {} : { order };
  const kept = { ...range.query, ...ordered };
  return html`${rangeHeading('Calls', 'Search calls and open their details.', '/calls', range, { ...read.query, ...ordered })}
${read.problems.map((problem) => html`<p class="notice warn" role="alert">${problem} Nothing is shown.</p>`)}
${filterForm(read, kept, policy, numbers)}
${viewLinks({ ...kept, ...read.query }, range)}
${filterChips(read, kept, numbers)}
${
  found !== null &&
  html`<section aria-label="Calls found">
${totals(found.results, read.query, kept)}
${overTime(found, read.query, range)}
${orderLinks(order, { ...range.query, ...read.query })}
${bulkForm(bulk, callTable(`Calls found, ${orders[order].words.toLowerCase()}`, found.page.calls, numbers, 'No matching calls.', pickBox(bulk)), found.page.calls.length, { ...kept, ...read.query, ...(cursor !== null && { cursor }) })}
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

/** The calls over time, where there is more than one step; a bar is the same filter in its time. */
function overTime(
  { overTime: found, results }: CallsFound,
  filters: FilterQuery,
  range: TimeRange,
): Html | null {
  if (sum(results) === 0 || found.steps.length < 2) return null;
  const layers = dispositions.words.map((key) => ({ key, word: dispositions.label(key) }));
  const label = `Calls found by ${found.size}, stacked by result. The totals above and the calls below are the same calls.`;
  return html`<div class="low">${stackedBars(label, found, layers, (step) => stepAddress(range, step, filters), { height: lowPx })}</div>`;
}

function orderLinks(order: CallOrder, here: FilterQuery): Html {
  const link = (wanted: CallOrder) =>
    html`<a href="${address('/calls', { ...here, order: wanted === 'newest' ? null : wanted })}"${order === wanted && html` aria-current="true"`}>${orders[wanted].words}</a>`;
  return html`<nav class="order" aria-label="Order">${link('newest')} ${link('oldest')} ${link('longest')}</nav>`;
}

function paging(
  { next, previous }: CallPage,
  order: CallOrder,
  cursor: string | null,
  here: FilterQuery,
): Html {
  const [first, before, after] = orders[order].paging;
  return html`<nav class="paging" aria-label="More calls">${cursor !== null && html`<a href="${address('/calls', here)}">${first}</a>`}
${previous !== null && html`<a rel="prev" href="${address('/calls', { ...here, cursor: previous })}">${before}</a>`}
${next !== null && html`<a rel="next" href="${address('/calls', { ...here, cursor: next })}">${after}</a>`}</nav>`;
}
