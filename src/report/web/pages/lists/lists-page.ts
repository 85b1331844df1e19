import { count } from '../../../../call/sentences.ts';
import { exportLinks } from '../../export-links.ts';
import { type Html, html, said } from '../../html.ts';
import { heading } from '../../layout.ts';
import type { ListHit, ListState, ListsView, PolicyView } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { facts, table } from '../../table.ts';
import { moment, span } from '../../times.ts';
import { listAddress } from './one-list.ts';

/** Result of a number search; null: no search. */
export type Search =
  | { readonly asked: string; readonly number: string; readonly hits: readonly ListHit[] }
  | { readonly asked: string; readonly number: null }
  | null;

/** @param asked as typed; not answered when numbers are masked, because the answer would reveal a name */
export function searchLists(
  asked: string | undefined,
  {
    lists,
    policy,
    numbers,
    now,
  }: { lists: ListsView; policy: PolicyView; numbers: PageNumbers; now: number },
): Search {
  const text = (asked ?? '').trim().slice(0, 64);
  if (text === '' || !numbers.whole) return null;
  const number = policy.canonical(text);
  return number === null ? { asked: text, number } : { asked: text, number, hits: lists.find(number, now) };
}

export function noSuchList(why: string): Html {
  return html`${heading('No such list', why)}
<p><a href="/lists">All lists</a></p>`;
}

export function listsPage(
  states: readonly ListState[],
  search: Search,
  numbers: PageNumbers,
  now: number,
  canBrowse: boolean,
): Html {
  return html`${heading('Lists', 'Lists used by the rules: size, age and contents.')}
${
  numbers.whole
    ? html`<form class="find" action="/lists" method="get" role="search" aria-label="Number"><label><span>Find a number, in any format</span><input name="number" value="${search?.asked ?? ''}" inputmode="tel" maxlength="64" autocomplete="off" required></label><button>Find</button></form>${found(search, states, numbers)}`
    : html`<p class="quiet">Looking up a number requires the analyst role.</p>`
}
<section aria-labelledby="h-lists"><h2 id="h-lists">In force</h2>${table({
    caption: 'Lists in force',
    captionHidden: true,
    columns: [
      { title: 'List' },
      { title: 'Numbers', number: true },
      { title: 'Skipped rows', number: true, wide: true },
      { title: 'Last read' },
      { title: 'Source', wide: true },
    ],
    rows: states.map((state) => [
      html`${canBrowse ? html`<a href="${listAddress(state.id)}"><strong>${state.id}</strong></a>` : html`<strong>${state.id}</strong>`}${state.about !== null && html`<span class="under prose">${state.about}</span>`}${state.quarantined ? html`<span class="under bad">In quarantine since ${moment(state.quarantined.at)}: ${numbers.words(withoutSecrets(state.quarantined.message, state))} After review: <code>gatehouse lists accept ${state.id}</code></span>` : state.error !== null && html`<span class="under bad">Refused: ${numbers.words(withoutSecrets(state.error, state))}</span>`}`,
      count(state.size),
      state.skippedRows === 0 ? html`<span class="quiet">0</span>` : count(state.skippedRows),
      state.readAt === null
        ? html`<span class="quiet">unknown</span>`
        : html`<span title="${new Date(state.readAt).toISOString()}">${span(now - state.readAt)} ago</span>`,
      html`<span class="place-in-file">${withoutSecrets(state.source, state)}</span>${state.changedAt !== null && html`<span class="under">written ${moment(state.changedAt)}</span>`}`,
    ]),
    empty: 'The rules use no lists.',
  })}${exportLinks('lists')}</section>
${badRows(states, numbers)}`;
}

function badRows(states: readonly ListState[], numbers: PageNumbers): Html | null {
  const bad = states.filter(({ problems }) => problems.length > 0);
  if (bad.length === 0) return null;
  return html`<section aria-labelledby="h-bad"><h2 id="h-bad">Skipped rows</h2>${bad.map(
    (state) =>
      html`<h3>${state.id}</h3><ul class="problems">${state.problems.map((problem) => html`<li>${numbers.words(withoutSecrets(problem, state))}</li>`)}</ul>${
        state.skippedRows > state.problems.length &&
        html`<p class="quiet">and ${count(state.skippedRows - state.problems.length)} more: run <code>gatehouse lists</code> to see all</p>`
      }`,
  )}</section>`;
}

function found(search: Search, states: readonly ListState[], numbers: PageNumbers): Html | null {
  if (search === null) return null;
  if (search.number === null)
    return html`<p class="notice warn" role="alert">${said(search.asked)} is not a phone number.</p>`;
  const { number, hits } = search;
  if (hits.length === 0)
    return html`<p class="notice" role="status">${numbers.number(number)} is not on any list.</p>`;
  return html`<div class="hits" role="status"><p>${numbers.number(number)} is on ${hits.length === 1 ? 'one list' : `${hits.length} lists`}:</p>${hits.map((one) => hit(one, states.find(({ id }) => id === one.list) ?? null))}</div>`;
}

/** Removes credentials from the address of a feed: a password, or a key in the query. */
function withoutSecrets(text: string, { source }: ListState): string {
  if (!/^https?:/i.test(source) || !URL.canParse(source)) return text;
  const { origin, pathname, search } = new URL(source);
  return text.replaceAll(source, `${origin}${pathname}${search === '' ? '' : '?…'}`);
}

function hit(
  { list, pattern, name, note, line, expiresAt, expired }: ListHit,
  state: ListState | null,
): Html {
  return html`<div class="hit"><h3>${list}${expired && html` <span class="tag">expired</span>`}</h3>${facts([
    ['Entry', pattern === null ? null : said(pattern)],
    ['Name', name === null ? null : said(name)],
    ['Note', note === null ? null : said(note)],
    [
      'Line',
      state === null
        ? line
        : html`<span class="place-in-file">${withoutSecrets(state.source, state)}:${line}</span>`,
    ],
    ['Expires', expiresAt === null ? null : moment(expiresAt)],
  ])}</div>`;
}
