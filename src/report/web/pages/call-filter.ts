import type { CallFilter } from '../../call-records.ts';
import { type Html, html } from '../html.ts';
import type { PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import type { TimeRange } from '../time-range.ts';
import { challengeWords, places } from '../words.ts';

type Wanted = Omit<CallFilter, 'since' | 'until'>;
export type FilterQuery = Readonly<Record<string, string>>;

const numberFields = ['caller', 'called'] as const;

/** What a field may be; null: any text. */
const choices: Readonly<Record<keyof Wanted, readonly (readonly [value: string, word: string])[] | null>> = {
  caller: null,
  called: null,
  where: places.map(({ key, word }) => [key, word]),
  rule: null,
  verdict: [
    ['connect', 'Connect'],
    ['challenge', 'Challenge'],
    ['voicemail', 'Voicemail'],
    ['reject', 'Reject'],
    ['none', 'Not decided'],
  ],
  challenge: Object.entries(challengeWords),
  verification: [
    ['passed', 'Passed'],
    ['failed', 'Failed'],
    ['none', 'None'],
  ],
  attestation: [
    ['A', 'A'],
    ['B', 'B'],
    ['C', 'C'],
  ],
  signer: null,
  campaign: null,
  bypass: [
    ['app-absent', 'App absent'],
    ['watchdog', 'Watchdog'],
    ['no-exit', 'No exit'],
    ['dialplan', 'Dialplan'],
    ['exception', 'Exception'],
    ['ari-failed', 'ARI failed'],
    ['adopted-too-late', 'Adopted too late'],
    ['draining', 'Shutting down'],
  ],
};
const fields = Object.keys(choices) as (keyof Wanted)[];
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
  for (const field of fields) {
    const text = (query[field] ?? '').trim();
    if (text === '') continue;
    const allowed = choices[field];
    if (allowed !== null && !allowed.some(([value]) => value === text)) {
      problems.push(`${labels[field]}: there is no such choice, so it is left out.`);
    } else if (text.length > longestText) {
      problems.push(`${labels[field]}: too long, so it is left out.`);
    } else if (!isNumberField(field)) {
      wanted[field] = text;
    } else if (!numbers.whole) {
      problems.push(`${labels[field]}: only an analyst may search by number, so it is left out.`);
    } else {
      const number = policy.canonical(text);
      if (number === null) problems.push(`${labels[field]}: this is no phone number, so it is left out.`);
      else wanted[field] = number;
    }
  }
  return {
    filter: { since: range.since, until: range.until, ...(wanted as Wanted) },
    query: wanted,
    problems,
  };
}

function isNumberField(field: keyof Wanted): boolean {
  return (numberFields as readonly string[]).includes(field);
}

const labels: Readonly<Record<keyof Wanted, string>> = {
  caller: 'Caller number',
  called: 'Called number',
  where: 'Became',
  rule: 'Rule',
  verdict: 'Verdict',
  challenge: 'Challenge',
  verification: 'Signature',
  attestation: 'Attestation',
  signer: 'Signer',
  campaign: 'Campaign',
  bypass: 'Not screened because',
};

/** Search form; it carries the time range along. */
export function filterForm(
  read: ReadFilter,
  range: TimeRange,
  policy: PolicyView,
  numbers: PageNumbers,
): Html {
  const shown = fields.filter((field) => numbers.whole || !isNumberField(field));
  const rare: readonly (keyof Wanted)[] = [
    'verdict',
    'verification',
    'attestation',
    'signer',
    'campaign',
    'bypass',
  ];
  const isRareUsed = rare.some((field) => read.query[field] !== undefined);
  return html`<form class="filter" action="/calls" method="get" role="search" aria-label="Calls">
${Object.entries(range.query).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="fields">${shown.filter((field) => !rare.includes(field)).map((field) => input(field, read.query[field] ?? ''))}</div>
<details${isRareUsed && html` open`}><summary>More to filter by</summary>
<div class="fields">${rare.map((field) => input(field, read.query[field] ?? ''))}</div></details>
<p class="buttons"><button>Search</button> <a href="/calls">Clear</a></p>
</form>
<datalist id="rule-ids">${policy.rules().map(({ id }) => html`<option value="${id}"></option>`)}</datalist>`;
}

function input(field: keyof Wanted, value: string): Html {
  const allowed = choices[field];
  const name = html`<span>${labels[field]}</span>`;
  if (allowed === null)
    return html`<label>${name}<input name="${field}" value="${value}" maxlength="${longestText}" autocomplete="off" spellcheck="false"${
      isNumberField(field) && html` inputmode="tel"`
    }${field === 'rule' && html` list="rule-ids"`}></label>`;
  return html`<label>${name}<select name="${field}"><option value="">any</option>${allowed.map(
    ([choice, word]) =>
      html`<option value="${choice}"${choice === value && html` selected`}>${word}</option>`,
  )}</select></label>`;
}
