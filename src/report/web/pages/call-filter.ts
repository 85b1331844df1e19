import { DateTime } from 'luxon';
import {
  type CallFilter,
  type FilterFieldName,
  filterFieldNames,
  filterFields,
  hourOfFilter,
  noValue,
} from '../../../call/call-filter.ts';
import type { Words } from '../../../call/vocabulary.ts';
import { address } from '../address.ts';
import { type Html, html, said } from '../html.ts';
import type { PageDeps, PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';

export type FilterQuery = Readonly<Record<string, string>>;

type Asked = Pick<PageDeps, 'policy' | 'campaigns'>;

const longestText = 200;

export interface ReadFilter {
  /** What of it can be read; with a problem nothing may be shown. */
  readonly filter: CallFilter;
  /** Every field that was given, as it was typed. */
  readonly query: FilterQuery;
  /** Why fields cannot be read, a sentence each. */
  readonly problems: readonly string[];
}

/**
 * The filter that an address asks for. Whoever sees masked numbers cannot ask by a caller's number either, or by an exchange that no
 * campaign names: whether a call is found would tell digit by digit what is masked.
 */
export function readFilter(
  query: FilterQuery,
  { since, until }: Pick<TimeRange, 'since' | 'until'>,
  deps: Asked,
  numbers: PageNumbers,
): ReadFilter {
  const wanted: Record<string, string> = {};
  const typed: Record<string, string> = {};
  const problems: string[] = [];
  for (const field of filterFieldNames) {
    const text = (query[field] ?? '').trim();
    if (text === '') continue;
    typed[field] = text.slice(0, longestText);
    const read = readField(field, text, deps, numbers);
    if ('problem' in read) problems.push(`${filterFields[field].label}: ${read.problem}.`);
    else wanted[field] = read.value;
  }
  return { filter: { since, until, ...wanted }, query: typed, problems };
}

function readField(
  field: FilterFieldName,
  text: string,
  { policy, campaigns }: Asked,
  numbers: PageNumbers,
): { readonly value: string } | { readonly problem: string } {
  const choices = choicesOf(field);
  if (text.length > longestText) return { problem: 'too long' };
  if (choices !== null) return choices.has(text) ? { value: text } : { problem: 'unknown value' };
  if (field === 'hour') {
    const hour = hourOfFilter(text, DateTime.local().zoneName);
    return hour === null ? { problem: 'write an hour of the week as mon-09' } : { value: hour };
  }
  // A display name may be a number: found by its digits, it would tell them one by one.
  if (field === 'name' && !numbers.whole && /\p{Nd}/u.test(text))
    return { problem: 'searching for digits in names requires the analyst role' };
  if (field === 'exchange' && !numbers.whole && !campaigns?.().some(({ traits }) => traits.exchange === text))
    return { problem: 'searching by an exchange that no campaign names requires the analyst role' };
  if (!isNumberField(field)) return { value: text };
  if (field === 'caller' && !numbers.whole)
    return { problem: 'searching by caller number requires the analyst role' };
  if (field === 'called' && text === noValue) return { value: text };
  const number = policy.canonical(text);
  return number === null ? { problem: 'not a phone number' } : { value: number };
}

function isNumberField(field: FilterFieldName): boolean {
  return filterFields[field].asks === 'number';
}

/** The table of what a field may be; null: any text. */
function choicesOf(field: FilterFieldName): Words | null {
  const { asks } = filterFields[field];
  return typeof asks === 'string' ? null : asks;
}

/** In the form; the others come with links from other pages, and are chips. */
const usual: readonly FilterFieldName[] = ['caller', 'called', 'where', 'rule', 'challenge'];
const rare: readonly FilterFieldName[] = [
  ...(['name', 'verdict', 'verification', 'attestation', 'signer', 'campaign', 'bypass'] as const),
];

/** Search form; it carries the time range, the order and what came with a link along. */
export function filterForm(
  read: ReadFilter,
  kept: FilterQuery,
  policy: PolicyView,
  numbers: PageNumbers,
): Html {
  const mayAsk = (field: FilterFieldName) => field !== 'caller' || numbers.whole;
  const isRareUsed = rare.some((field) => read.query[field] !== undefined);
  const linked = Object.entries(read.query).filter(
    ([name]) => ![...usual, ...rare].some((one) => one === name),
  );
  return html`<form class="filter" action="/calls" method="get" role="search" aria-label="Calls">
${[...Object.entries(kept), ...linked].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="fields">${usual.filter(mayAsk).map((field) => input(field, read.query[field] ?? ''))}</div>
<details${isRareUsed && html` open`}><summary>More filters</summary>
<div class="fields">${rare.map((field) => input(field, read.query[field] ?? ''))}</div></details>
<p class="buttons"><button>Search</button></p>
</form>
<datalist id="rule-ids">${policy.rules().map(({ id }) => html`<option value="${id}"></option>`)}</datalist>`;
}

/** The filters in force, each with a link that takes it off. `kept`: what else the address says. */
export function filterChips({ query }: ReadFilter, kept: FilterQuery, numbers: PageNumbers): Html | null {
  const given = filterFieldNames.filter((field) => query[field] !== undefined);
  if (given.length === 0) return null;
  return html`<ul class="chips" aria-label="Filters">${given.map((field) => {
    const { [field]: value = '', ...others } = query;
    const words = html`${filterFields[field].label}: ${said(valueText(field, value, numbers))}`;
    return html`<li><a href="${address('/calls', { ...kept, ...others })}">${words} <span aria-hidden="true">×</span><span class="visually-hidden">, remove this filter</span></a></li>`;
  })}${given.length > 1 && html`<li><a href="${address('/calls', kept)}">Remove all filters</a></li>`}</ul>`;
}

function valueText(field: FilterFieldName, value: string, numbers: PageNumbers): string {
  const choices = choicesOf(field);
  if (choices !== null) return choices.label(value);
  return field === 'called' ? numbers.calledText(value) : value;
}

function input(field: FilterFieldName, value: string): Html {
  const allowed = choicesOf(field);
  const name = html`<span>${filterFields[field].label}</span>`;
  if (allowed === null)
    return html`<label>${name}<input name="${field}" value="${value}" maxlength="${longestText}" autocomplete="off" spellcheck="false"${
      isNumberField(field) && html` inputmode="tel"`
    }${field === 'rule' && html` list="rule-ids"`}></label>`;
  const unknown = value !== '' && !allowed.has(value);
  return html`<label>${name}<select name="${field}"><option value="">Any</option>${
    unknown && html`<option value="${value}" selected>${value} (unknown)</option>`
  }${allowed.words.map(
    (choice) =>
      html`<option value="${choice}"${choice === value && html` selected`}>${allowed.label(choice)}</option>`,
  )}</select></label>`;
}
