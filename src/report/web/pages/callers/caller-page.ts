import { callAddress, callerAddress } from '../../address.ts';
import type { Actor } from '../../callers/actor.ts';
import { type Html, html, said } from '../../html.ts';
import { heading } from '../../layout.ts';
import type { PageDeps } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { table } from '../../table.ts';
import { minute, shortMoment } from '../../times.ts';
import { callTable } from '../call-rows.ts';
import { actionWords, undoForm } from './action-words.ts';
import { type CallerData, type CallsOfCaller, searchAddress } from './caller-data.ts';
import { callerForms } from './caller-forms.ts';
import { callerStory } from './caller-story.ts';
import type { KeptOfCaller } from './kept-of-caller.ts';
import { knownOfCaller } from './known-of-caller.ts';
import { resultTotals } from './result-totals.ts';

interface Asked {
  readonly actor: Actor | null;
  /** Id of the action that was just done; `before`: there was nothing left to do. Null: none. */
  readonly done: string | null;
}

export function callerPage(data: CallerData, deps: PageDeps, numbers: PageNumbers, asked: Asked): Html {
  const { record, calls } = data;
  const { caller, callId } = record.outcome.facts;
  if (calls === null)
    return html`<p class="crumbs"><a href="/callers">Callers</a></p>
${heading('Caller without a number', 'Calls belong together by their number, and this one has none.')}
<p><a href="${callAddress(callId)}">The call</a></p>`;
  const [named] = data.lists.filter(({ name, expired }) => name !== null && !expired);
  // The newest call says by which name; a viewer sees no name that a list has.
  const name = numbers.whole ? (named?.name ?? caller.displayName) : caller.displayName;
  return html`<p class="crumbs"><a href="/callers">Callers</a></p>
<div class="heading"><div><h1>Caller ${numbers.caller(caller, callId)}</h1>${name !== '' && html`<p class="about">${numbers.words(name, callId)}</p>`}</div></div>
${doneNotice(data, asked, numbers)}
<p class="story">${callerStory(data, calls, deps.now())}</p>
${resultTotals(calls.results, (where) => searchAddress(data, numbers, { where }), searchAddress(data, numbers))}
<div class="two">
<section aria-labelledby="h-known"><h2 id="h-known">What is known</h2>${knownOfCaller(data, calls, deps, numbers, asked.actor)}</section>
<section aria-labelledby="h-act"><h2 id="h-act">Act</h2>${act(data, calls, deps, numbers, asked.actor)}</section>
</div>
${actionsDone(data, asked.actor, numbers)}
<section aria-labelledby="h-calls"><h2 id="h-calls">Calls</h2>${callTable('Calls of this caller, newest first', calls.page.calls, numbers, 'No calls.')}${paging(data, calls, numbers)}</section>`;
}

function paging(data: CallerData, { page, cursor }: CallsOfCaller, numbers: PageNumbers): Html {
  const { callId } = data.record.outcome;
  const link = (to: string | null, words: string) =>
    to !== null && html`<a href="${callerAddress(callId, { cursor: to })}#h-calls">${words}</a>`;
  const all = searchAddress(data, numbers);
  return html`<nav class="paging" aria-label="More calls">${cursor !== null && html`<a href="${callerAddress(callId)}#h-calls">Newest calls</a>`}${link(page.previous, 'Newer calls')}${link(page.next, 'Older calls')}${all !== null && html`<a href="${all}">All calls, to search and export</a>`}</nav>`;
}

function act(
  { record, lists, kept }: CallerData,
  { newest, called }: CallsOfCaller,
  deps: PageDeps,
  numbers: PageNumbers,
  actor: Actor | null,
): Html {
  const { number } = record.outcome.facts.caller;
  if (actor === null)
    return html`<p class="quiet">To flag or expect a caller requires the analyst role, to block or allow one the admin role.</p>`;
  if (number === null) return html`<p class="quiet">Flags and expected calls belong to a number.</p>`;
  if (deps.flagging === undefined || kept === null || kept === 'not-answered')
    return html`<p class="notice warn">Redis is not responding. Reload the page to act on this caller.</p>`;
  const mayList = actor.isAdmin && /^\+\d+$/.test(number);
  const editable = mayList ? (deps.listEdits?.lists() ?? []) : [];
  const on = new Set(
    lists.flatMap(({ list, pattern, expired }) => (pattern === number && !expired ? [list] : [])),
  );
  const blockedBy = editable.flatMap(({ id, blocks }) => (blocks && on.has(id) ? [id] : []));
  return html`${callerForms(
    {
      ...{ callId: newest, csrf: actor.csrf, blockedBy },
      lists: editable.filter(({ id }) => !on.has(id)),
      called: called.flatMap(({ value }) => (/^\+\d+$/.test(value) ? [value] : [])),
      mayExpect: deps.callers !== undefined,
    },
    numbers,
  )}${!actor.isAdmin && html`<p class="quiet">Blocking and allowing require the admin role.</p>`}${
    mayList &&
    editable.length === 0 &&
    html`<p class="quiet">No list can be changed here, so callers cannot be blocked or allowed; the page of each of the <a href="/lists">lists</a> says why.</p>`
  }`;
}

function doneNotice(data: CallerData, { actor, done }: Asked, numbers: PageNumbers): Html | null {
  if (done === null) return null;
  if (done === 'before')
    return html`<p class="notice" id="done" role="status">It was so before; nothing had to be changed.</p>`;
  const { kept, record } = data;
  if (kept === null || kept === 'not-answered') return null;
  const action = kept.actions.find(({ id }) => id === done);
  if (action === undefined) return null;
  const words = actionWords(action, numbers);
  if (action.undone !== null) return html`<p class="notice" id="done" role="status">Undone: ${words}.</p>`;
  const undo = actor && undoForm('/callers/undo', { call: record.outcome.callId, id: action.id }, actor);
  return html`<div class="notice good done" id="done" role="status"><span>${words}: ${numbers.words(action.why, record.outcome.callId)}</span>${undo}</div>`;
}

/** What staff did, newest first; each can be undone. */
function actionsDone({ kept, record }: CallerData, actor: Actor | null, numbers: PageNumbers): Html | null {
  if (kept === null || kept === 'not-answered' || kept.actions.length === 0) return null;
  const { callId } = record.outcome;
  return html`<section aria-labelledby="h-done"><h2 id="h-done">What staff did</h2>${table({
    caption: 'What staff did, newest first',
    captionHidden: true,
    columns: [
      { title: 'When' },
      { title: 'What', words: true },
      { title: 'Reason', words: true },
      { title: 'By', wide: true },
    ],
    rows: kept.actions.map((action) => [
      shortMoment(action.at),
      html`${actionWords(action, numbers)}${undoCell(action, callId, actor)}`,
      html`${numbers.words(action.why, callId)}<span class="under on-phone">${said(action.who)}</span>`,
      said(action.who),
    ]),
    empty: '',
  })}</section>`;
}

function undoCell(
  { id, what, undone }: KeptOfCaller['actions'][number],
  callId: string,
  actor: Actor | null,
): Html | null {
  if (undone !== null)
    return html`<span class="under">undone ${minute(undone.at)}, ${said(undone.who)}</span>`;
  if (actor === null || (what === 'list' && !actor.isAdmin)) return null;
  return undoForm('/callers/undo', { call: callId, id }, actor);
}
