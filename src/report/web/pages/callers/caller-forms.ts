import { longestReason } from '../../../../call/staff/caller-actions.ts';
import type { ListEdits } from '../../../../call/staff/list-edits.ts';
import { flagWords } from '../../../../call/vocabulary.ts';
import { type Html, html } from '../../html.ts';
import type { PageNumbers } from '../../page-numbers.ts';

const dayMs = 86_400_000;

/** For how long a call may be expected. */
export const expectFor = [
  { value: '8h', words: '8 hours', ms: dayMs / 3 },
  { value: '1d', words: '1 day', ms: dayMs },
  { value: '7d', words: '7 days', ms: 7 * dayMs },
  { value: '30d', words: '30 days', ms: 30 * dayMs },
] as const;

/** For how long a number may be put on a list; null: for good. */
export const listedFor = [
  { value: '', words: 'does not expire', ms: null },
  { value: '30d', words: '30 days', ms: 30 * dayMs },
  { value: '90d', words: '90 days', ms: 90 * dayMs },
  { value: '1y', words: '1 year', ms: 365 * dayMs },
] as const;

/** Where a call is expected: at any number of ours. */
export const anyNumber = 'any';

/** Buttons elsewhere on the page belong to the form by its id: they need the reason too. */
export const actFormId = 'act';

export interface CallerForm {
  /** The newest call of the caller that is shown. */
  readonly callId: string;
  readonly csrf: string | null;
  /** Numbers of ours that the caller called, most calls first. */
  readonly called: readonly string[];
  readonly mayExpect: boolean;
  /** Lists that this visitor may change; empty: none. */
  readonly lists: ReturnType<ListEdits['lists']>;
  /** Those from which the caller can be taken off that may block the call. */
  readonly blockedBy: readonly string[];
}

/**
 * One reason, and a button for everything that can be done. Works without scripts. Enter in the reason does nothing: the first button
 * of a form is what it would press.
 */
export function callerForms(form: CallerForm, numbers: PageNumbers): Html {
  const { callId, csrf, mayExpect, lists, blockedBy } = form;
  const block = lists.filter(({ blocks }) => blocks);
  const allow = lists.filter(({ blocks }) => !blocks);
  return html`<form class="act" id="${actFormId}" action="/callers/flag" method="post" aria-label="Act on this caller"><button disabled hidden></button><input type="hidden" name="call" value="${callId}">${
    csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`
  }<label><span>Reason (required)</span><input name="why" required maxlength="${longestReason}" autocomplete="off"></label>
<fieldset><legend>Flag the newest call</legend>${flagWords.words.map((word) => html`<button name="word" value="${word}" formaction="/callers/flag">Flag as ${word}</button>`)}</fieldset>
${mayExpect && expectFields(form, numbers)}
${block.length > 0 && html`<fieldset><legend>Block</legend>${block.map(({ id }) => html`<button name="list" value="${id}" formaction="/callers/block">Add to ${id}</button>`)}</fieldset>`}
${
  allow.length > 0 &&
  html`<fieldset><legend>Allow</legend>${blockedBy.length > 0 && html`<label class="check"><input type="checkbox" name="off" value="yes" checked> and remove from ${blockedBy.join(', ')}</label>`}${allow.map(({ id }) => html`<button name="list" value="${id}" formaction="/callers/allow">Add to ${id}</button>`)}</fieldset>`
}
${
  lists.length > 0 &&
  html`<details><summary>Name and expiry on the list</summary><div class="fields"><label><span>Name</span><input name="name" maxlength="120" autocomplete="off"></label><label><span>Expires after</span><select name="expires">${listedFor.map(({ value, words }) => html`<option value="${value}">${words}</option>`)}</select></label></div></details>`
}
</form>`;
}

function expectFields({ called }: CallerForm, numbers: PageNumbers): Html {
  const name = (number: string) => {
    const known = numbers.nameOf(number);
    return known === null ? number : `${known}, ${number}`;
  };
  return html`<fieldset><legend>Expect a call</legend><label class="short"><span>At</span><select name="called"><option value="">any number</option>${called.map((number) => html`<option value="${number}">${name(number)}</option>`)}</select></label>${expectFor.map(({ value, words }) => html`<button name="for" value="${value}" formaction="/callers/expect">For ${words}</button>`)}</fieldset>`;
}
