import { count } from '../../../../call/sentences.ts';
import { address } from '../../address.ts';
import { type Html, type HtmlValue, html, said } from '../../html.ts';
import type { ListState } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import type { ListRow, ListRows, ShownListChange } from '../../routes/list-browser.ts';
import { table } from '../../table.ts';
import { minute } from '../../times.ts';

export const rowsOnPage = 50;

/** What was typed into the form that adds a row. */
export interface TypedRow {
  readonly number: string;
  readonly name: string;
  readonly reason: string;
  readonly expires: string;
}

export interface OneList {
  readonly state: ListState;
  readonly blocks: boolean;
  readonly found: ListRows;
  readonly from: number;
  /** What was searched for; empty: nothing. */
  readonly asked: string;
  /** Why the list cannot be changed here; null: it can. */
  readonly whyNot: string | null;
  /** Null: the visitor may not change lists. */
  readonly form: { readonly csrf: string | null } | null;
  /** Of this list, the newest first. */
  readonly changes: readonly ShownListChange[];
  /** The change that was just made. */
  readonly made: ShownListChange | null;
  /** Why a change was refused, and what was typed for it. */
  readonly refused: { readonly why: string; readonly typed: TypedRow | null } | null;
  readonly numbers: PageNumbers;
}

/** The rows of one list, with forms to add and remove them for those who may. Works without scripts. */
export function oneListPage(list: OneList): Html {
  const { state, blocks, numbers } = list;
  return html`<p class="crumbs"><a href="/lists">Lists</a></p>
<div class="heading"><div><h1>${state.id}</h1><p class="about">${rowWords(state.size)}${blocks && ', whose callers may be turned away'}. <span class="place-in-file">${state.source}</span></p></div></div>
${notices(list)}
${mayChange(list) ? addForm(list) : html`<p class="quiet">${whyNotChanged(list)}</p>`}
<section aria-labelledby="h-rows"><h2 id="h-rows">Rows</h2>${searchForm(list)}${rowTable(list)}${paging(list)}</section>
${
  list.changes.length > 0 &&
  html`<section aria-labelledby="h-changes"><h2 id="h-changes">Changed in the browser</h2>${changeTable(list.changes, list, numbers)}</section>`
}`;
}

const rowWords = (rows: number) => (rows === 1 ? '1 row' : `${count(rows)} rows`);

function mayChange({ form, whyNot }: OneList): boolean {
  return form !== null && whyNot === null;
}

function whyNotChanged({ form, whyNot }: OneList): string {
  return form === null
    ? 'Changing lists requires the admin role.'
    : `The list cannot be changed here: ${whyNot}.`;
}

function notices({ made, refused, numbers, form, state }: OneList): Html {
  return html`${
    refused !== null &&
    html`<div class="notice warn" role="alert"><p><strong>Nothing was changed.</strong> ${numbers.words(sentence(refused.why))}</p></div>`
  }${
    made !== null &&
    html`<div class="notice good" role="status"><p>${doneWords(made, state.id, numbers)}${gitWords(made)}</p>${made.undoneBy === null && undoForm(made.id, form, 'Undo')}</div>`
  }`;
}

function sentence(text: string): string {
  const first = text.slice(0, 1).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function doneWords({ done, key }: ShownListChange, list: string, numbers: PageNumbers): Html {
  return done === 'added'
    ? html`${pattern(key, numbers)} was added to ${list}, and the rules with it are in force.`
    : html`${pattern(key, numbers)} was removed from ${list}, and the rules without it are in force.`;
}

function gitWords({ git }: ShownListChange): Html | null {
  if (git === null || git === 'no-repository') return null;
  return git === 'committed'
    ? html` The change is committed in git.`
    : html` <strong>It was not committed in git</strong>: ${git}.`;
}

/** A prefix or range is of nobody in particular. */
function pattern(key: string, numbers: PageNumbers): Html {
  return /[*.]/.test(key) ? numbers.words(key) : numbers.number(key);
}

function csrfField(form: OneList['form']): HtmlValue {
  return form !== null && form.csrf !== null && html`<input type="hidden" name="_csrf" value="${form.csrf}">`;
}

function undoForm(change: string, form: OneList['form'], words: string): HtmlValue {
  return (
    form !== null &&
    html`<form class="inline" action="/lists/undo" method="post">${csrfField(form)}<input type="hidden" name="change" value="${change}"><button class="plain">${words}</button></form>`
  );
}

function addForm({ state, form, refused }: OneList): Html {
  const typed = refused?.typed ?? null;
  return html`<details class="fold"${typed !== null && html` open`}><summary>Add a row</summary>
<form class="filter" action="${listAddress(state.id)}/add" method="post">${csrfField(form)}
<div class="fields">
<label><span>Number, in any format</span><input name="number" value="${typed?.number ?? ''}" inputmode="tel" maxlength="64" autocomplete="off" required></label>
<label><span>Name (optional)</span><input name="name" value="${typed?.name ?? ''}" maxlength="80" autocomplete="off"></label>
<label><span>Reason</span><input name="reason" value="${typed?.reason ?? ''}" maxlength="160" autocomplete="off" required></label>
<label><span>Last day (optional)</span><input type="date" name="expires" value="${typed?.expires ?? ''}"></label>
</div>
<p class="buttons"><button>Add to ${state.id}</button></p>
<p class="quiet">The rules are proven with the new row before anything changes. It is written into the list’s file, with the reason and your name.</p>
</form></details>`;
}

function searchForm({ state, asked, numbers }: OneList): HtmlValue {
  if (!numbers.whole) return html`<p class="quiet">Searching a list requires the analyst role.</p>`;
  return html`<form class="find" action="${listAddress(state.id)}" method="get" role="search" aria-label="Rows"><label><span>Number, its first digits (+1317*), or a name</span><input name="q" value="${asked}" maxlength="64" autocomplete="off" required></label><button>Search</button></form>`;
}

function rowTable(list: OneList): Html {
  const { found, numbers, asked, state } = list;
  const isEditable = mayChange(list);
  return html`${
    asked !== '' &&
    html`<p class="tally">${foundWords(found)} <a href="${listAddress(state.id)}">All rows</a></p>`
  }${table({
    caption: `Rows of ${state.id}`,
    captionHidden: true,
    columns: [
      { title: 'Number' },
      { title: 'Name', words: true },
      { title: 'Note', words: true, wide: true },
      { title: 'Expires', wide: true },
      { title: 'Line', number: true, wide: true },
      ...(isEditable ? [{ title: 'Change' }] : []),
    ],
    rows: found.rows.map((row) => [
      html`${pattern(row.pattern, numbers)}${row.expired && html` <span class="tag">expired</span>`}${row.expiresAt !== null && html`<span class="under on-phone">until ${minute(row.expiresAt)}</span>`}`,
      row.name === null ? null : numbers.words(row.name),
      row.note === null ? null : numbers.words(row.note),
      row.expiresAt === null ? html`<span class="quiet">never</span>` : minute(row.expiresAt),
      String(row.line),
      ...(isEditable ? [removeForm(row, list)] : []),
    ]),
    empty: asked === '' ? 'The list has no rows.' : 'No row has it.',
  })}`;
}

function foundWords({ rows, all, isWhole }: ListRows): string {
  if (!isWhole) return `${rowWords(rows.length)} found; the search was ended before it had seen all rows.`;
  if (all !== null && all > rows.length) return `The first ${count(rows.length)} of ${rowWords(all)}.`;
  return `${rowWords(rows.length)} found.`;
}

function removeForm({ pattern: key, line }: ListRow, { state, form }: OneList): Html {
  return html`<details class="fold"><summary>Remove<span class="visually-hidden"> the row of line ${line}</span></summary><form class="one-line" action="${listAddress(state.id)}/remove" method="post">${csrfField(form)}<input type="hidden" name="number" value="${key}"><label><span>Reason</span><input name="reason" maxlength="160" autocomplete="off" required></label><button>Remove</button></form></details>`;
}

function paging({ state, found, from, asked }: OneList): HtmlValue {
  if (asked !== '' || found.all === null || found.all <= rowsOnPage) return null;
  const { all } = found;
  const link = (at: number, words: string) =>
    html`<a href="${address(listAddress(state.id), { from: at === 0 ? null : String(at) })}">${words}</a>`;
  return html`<nav class="paging" aria-label="Rows"><span class="quiet">${count(from + 1)} to ${count(from + found.rows.length)} of ${count(all)}</span>${from > 0 && link(Math.max(0, from - rowsOnPage), 'Previous')} ${from + rowsOnPage < all && link(from + rowsOnPage, 'Next')} ${from + rowsOnPage < all && link(Math.floor((all - 1) / rowsOnPage) * rowsOnPage, 'Last')}</nav>`;
}

function changeTable(changes: readonly ShownListChange[], list: OneList, numbers: PageNumbers): Html {
  const isEditable = mayChange(list);
  return table({
    caption: `Changes of ${list.state.id}, newest first`,
    captionHidden: true,
    columns: [
      { title: 'When' },
      { title: 'Change', words: true },
      { title: 'By' },
      { title: 'Git', wide: true },
      ...(isEditable ? [{ title: 'Undo' }] : []),
    ],
    rows: changes.map((one) => [
      minute(one.at),
      html`${one.done} ${pattern(one.key, numbers)}${one.name !== null && html`, ${numbers.words(one.name)}`}<span class="under">${numbers.words(one.reason)}</span>`,
      said(one.who),
      gitState(one),
      ...(isEditable
        ? [
            one.undoneBy === null
              ? undoForm(one.id, list.form, 'Undo')
              : html`<span class="quiet">undone</span>`,
          ]
        : []),
    ]),
    empty: '',
  });
}

function gitState({ git }: ShownListChange): HtmlValue {
  if (git === 'committed') return 'committed';
  return html`<span class="quiet">${git === null || git === 'no-repository' ? '–' : `not committed: ${git}`}</span>`;
}

export function listAddress(list: string): string {
  return `/lists/${encodeURIComponent(list)}`;
}
