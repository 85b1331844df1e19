import type { CallRecord } from '../../../call/call-records.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import { heading } from '../layout.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { minute } from '../times.ts';
import type { Worker } from './impact-work.ts';
import { csrfField, rangeFields } from './people-table.ts';

export const longestWhy = 200;

export const expectTimes = [
  { days: 1, words: '1 day' },
  { days: 7, words: '7 days' },
  { days: 30, words: '30 days' },
] as const;

/** Asks why a caller is expected, and for how long. `problem`: what was wrong with what was sent. */
export function expectPage(
  { outcome: { facts, callId } }: CallRecord,
  { since, until, why, days }: Readonly<Record<string, string | undefined>>,
  numbers: PageNumbers,
  worker: Worker,
  problem: string | null,
): Html {
  const query = { ...(since !== undefined && { since }), ...(until !== undefined && { until }) };
  const chosen = days ?? '7';
  return html`${heading('Expect this caller', 'Rules may connect an expected caller without a challenge; a signature that fails still counts.')}
<p>${numbers.caller(facts.caller, callId)}, who <a href="${callAddress(callId)}">did not pass on ${minute(facts.now)}</a>.</p>
${problem !== null && html`<p class="notice warn" role="alert">${problem}</p>`}
<form class="lines" action="/harm/expect" method="post"><input type="hidden" name="call" value="${callId}">${rangeFields({ query })}${csrfField(worker)}
<label><span>Why, for others</span><input name="why" value="${why ?? ''}" maxlength="${longestWhy}" required autocomplete="off"></label>
<label><span>For</span><select name="days">${expectTimes.map(({ days: one, words }) => html`<option value="${one}"${String(one) === chosen && html` selected`}>${words}</option>`)}</select></label>
<p class="buttons"><button>Expect</button> <a href="/harm">Cancel</a></p></form>`;
}

const problems = {
  400: 'The request could not be read.',
  404: 'There is no record of this call, or it has been deleted.',
  409: 'This call has no caller number, or its challenge was passed.',
  503: 'Redis did not respond, so it may not have been saved. It is safe to try again.',
} as const;

export function impactProblem(status: keyof typeof problems): Html {
  return html`${heading('Nothing was changed', problems[status])}
<p><a href="/harm">Caller impact</a></p>`;
}
