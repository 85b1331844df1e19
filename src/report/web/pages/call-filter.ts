import {
  type CallFilter,
  type FilterFieldName,
  filterFieldNames,
  filterFields,
} from '../../../call/call-filter.ts';
import type { Words } from '../../../call/vocabulary.ts';
import { type Html, html } from '../html.ts';
import type { PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';

export type FilterQuery = Readonly<Record<string, string>>;

const longestText = 200;

export interface ReadFilter {
  readonly filter: CallFilter;
  /** The fields that are in force, as the address has them. */
  readonly query: FilterQuery;
  readonly problems: readonly string[];
}

/**
 * The filter that an address asks for. Whoever sees masked numbers cannot ask by number either: whether a call is found would
 * tell digit by digit what is masked.
 */
export function readFilter(
  query: FilterQuery,
  range: TimeRange,
  policy: PolicyView,
  numbers: PageNumbers,
): ReadFilter {
  const wanted: Record<string, string> = {};
  const problems: string[] = [];
  for (const field of filterFieldNames) {
    const text = (query[field] ?? '').trim();
    if (text === '') continue;
    const allowed = choicesOf(field);
    if (allowed !== null && !allowed.has(text)) {
      problems.push(`${filterFields[field].label}: unknown value, ignored.`);
    } else if (text.length > longestText) {
      problems.push(`${filterFields[field].label}: too long, ignored.`);
    } else if (!isNumberField(field)) {
      wanted[field] = text;
    } else if (!numbers.whole) {
      problems.push(`${filterFields[field].label}: searching by number requires the analyst role, ignored.`);
    } else {
      const number = policy.canonical(text);
      if (number === null) problems.push(`${filterFields[field].label}: not a phone number, ignored.`);
      else wanted[field] = number;
    }
  }
  return {
    filter: { since: range.since, until: range.until, ...wanted },
    query: wanted,
    problems,
  };
}

function isNumberField(field: FilterFieldName): boolean {
  return filterFields[field].asks === 'number';
}

/** The table of what a field may be; null: any text. */
function choicesOf(field: FilterFieldName): Words | null {
  const { asks } = filterFields[field];
  return typeof asks === 'string' ? null : asks;
}

/** Search form; it carries the time range along. */
export function filterForm(
  read: ReadFilter,
  range: TimeRange,
  policy: PolicyView,
  numbers: PageNumbers,
): Html {
  const shown = filterFieldNames.filter((field) => numbers.whole || !isNumberField(field));
  const rare: readonly FilterFieldName[] = [
    ...(['verdict', 'verification', 'attestation', 'signer', 'campaign', 'bypass'] as const),
  ];
  const isRareUsed = rare.some((field) => read.query[field] !== undefined);
  return html`<form class="filter" action="/calls" method="get" role="search" aria-label="Calls">
${Object.entries(range.query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="fields">${shown.filter((field) => !rare.includes(field)).map((field) => input(field, read.query[field] ?? ''))}</div>
<details${isRareUsed && html` open`}><summary>More filters</summary>
<div class="fields">${rare.map((field) => input(field, read.query[field] ?? ''))}</div></details>
<p class="buttons"><button>Search</button> <a href="/calls">Clear</a></p>
</form>
<datalist id="rule-ids">${policy.rules().map(({ id }) => html`<option value="${id}"></option>`)}</datalist>`;
}

function input(field: FilterFieldName, value: string): Html {
  const allowed = choicesOf(field);
  const name = html`<span>${filterFields[field].label}</span>`;
  if (allowed === null)
    return html`<label>${name}<input name="${field}" value="${value}" maxlength="${longestText}" autocomplete="off" spellcheck="false"${
      isNumberField(field) && html` inputmode="tel"`
    }${field === 'rule' && html` list="rule-ids"`}></label>`;
  return html`<label>${name}<select name="${field}"><option value="">Any</option>${allowed.words.map(
    (choice) =>
      html`<option value="${choice}"${choice === value && html` selected`}>${allowed.label(choice)}</option>`,
  )}</select></label>`;
}
