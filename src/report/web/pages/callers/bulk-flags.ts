import type { CallRecord } from '../../../../call/call-records.ts';
import { calls } from '../../../../call/sentences.ts';
import { type FlagBatch, longestReason } from '../../../../call/staff/caller-actions.ts';
import { flagWords } from '../../../../call/vocabulary.ts';
import { address } from '../../address.ts';
import { answered, NotAnswered } from '../../answered.ts';
import { type Html, html } from '../../html.ts';
import type { FlagForm, PageDeps } from '../../page-deps.ts';
import { undoForm } from './action-words.ts';

/** A box of a call is a field of its own: of fields with one name only the last is read. */
export const pickedPrefix = 'call:';

type Query = Readonly<Record<string, string>>;

const readMs = 1000;

/** What the page of calls has to flag several at once. */
export interface BulkFlags {
  /** Null: this visitor may not flag. */
  readonly form: FlagForm | null;
  /** What was just done, with the fields that lead back to the page; null: nothing. */
  readonly notice: ((back: Query) => Html) | null;
  /** Without scripts a link selects all. */
  readonly isAllPicked: boolean;
}

/** The query of the page says what was just done (`done`, `left`), and whether all are selected (`pick=all`). */
export async function bulkFlags(
  form: FlagForm | null,
  { flagging }: Pick<PageDeps, 'flagging'>,
  { done, left, pick }: Query,
): Promise<BulkFlags> {
  const isAllPicked = pick === 'all';
  if (form === null || flagging === undefined || done === undefined)
    return { form, notice: null, isAllPicked };
  if (done === 'before')
    return {
      form,
      isAllPicked,
      notice: () => html`<p class="notice" role="status">These calls were flagged so before.</p>`,
    };
  try {
    const batch = /^[\w-]{1,40}$/.test(done) ? await answered(flagging.actions.batch(done), readMs) : null;
    const notice = batch && ((back: Query) => doneNotice(done, batch, Number(left ?? 0), back, form));
    return { form, isAllPicked, notice };
  } catch (error) {
    if (error instanceof NotAnswered) return { form, notice: null, isAllPicked };
    throw error;
  }
}

function doneNotice(
  id: string,
  { calls: ids, word, undone }: FlagBatch,
  left: number,
  back: Query,
  form: FlagForm,
): Html {
  const number = calls(ids.length);
  if (undone !== null) return html`<p class="notice" role="status">Undone: ${number} flagged as ${word}.</p>`;
  const rest = left > 0 && ` ${calls(left)} without a caller number ${left === 1 ? 'was' : 'were'} left out.`;
  return html`<div class="notice good done" role="status"><span>Flagged ${number} as ${word}.${rest}</span>${undoForm('/calls/unflag-many', { batch: id, ...along(back) }, form)}</div>`;
}

/** Fields of the address of the page, to come back to it. */
function along(query: Query): Query {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [`in:${name}`, value]));
}

/** A box that selects a call; null: it cannot be flagged. */
export function pickBox({ form, isAllPicked }: BulkFlags): (record: CallRecord) => Html | null {
  return ({ outcome: { callId, facts } }) =>
    form === null
      ? null
      : html`<input type="checkbox" class="pick" name="${pickedPrefix}${callId}" aria-label="Select call ${callId}"${facts.caller.number === null && html` disabled`}${isAllPicked && facts.caller.number !== null && html` checked`}>`;
}

/** The table of calls in the form that flags those that are selected. `query`: of the page, with its cursor. */
export function bulkForm({ form, notice }: BulkFlags, calls: Html, shown: number, query: Query): Html {
  if (form === null || shown === 0) return html`${notice?.(query)}${calls}`;
  return html`${notice?.(query)}<form class="bulk" action="/calls/flag-many" method="post" aria-label="Flag selected calls"><button disabled hidden></button>${
    form.csrf !== null && html`<input type="hidden" name="_csrf" value="${form.csrf}">`
  }${Object.entries(along(query)).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<div class="bulk-bar"><a class="pick-all" href="${address('/calls', { ...query, pick: 'all' })}">Select all ${shown}</a><label class="check" hidden><input type="checkbox" class="pick-all-box"> Select all ${shown} <span class="picked"></span></label>
<label class="why"><span>Reason (required)</span><input name="why" required maxlength="${longestReason}" autocomplete="off"></label>
<span class="acts">${flagWords.words.map((word) => html`<button name="word" value="${word}">Flag selected as ${word}</button>`)}</span></div>
${calls}</form>`;
}
