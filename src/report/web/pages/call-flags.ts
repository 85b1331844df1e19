import { calls } from '../../../call/sentences.ts';
import { longestReason } from '../../../call/staff/caller-actions.ts';
import type { CallFlags } from '../../../call/staff/caller-flags.ts';
import { flagWords } from '../../../call/vocabulary.ts';
import { type Html, html } from '../html.ts';
import type { FlagForm } from '../page-deps.ts';
import { facts } from '../table.ts';
import { moment } from '../times.ts';

/** `no-number`: the caller's number is unknown, and flags belong to a number. */
export interface FlagsShown {
  readonly flags: CallFlags | 'no-number' | 'not-answered';
  readonly mayFlag: FlagForm | null;
}

/** Flags of a call, with buttons to add or remove them for those who may. Works without scripts. */
export function callFlags(callId: string, { flags, mayFlag }: FlagsShown): Html {
  if (flags === 'no-number')
    return html`<p class="quiet">This call cannot be flagged: flags belong to a caller number, and this one is unknown.</p>`;
  if (flags === 'not-answered')
    return html`<p class="notice warn">Flags are unavailable because Redis is not responding. Reload the page.</p>`;
  const { ofCall, ofCaller, until } = flags;
  const counts = flagWords.words.flatMap((word) =>
    ofCaller[word] ? [`${word}: ${calls(ofCaller[word])}`] : [],
  );
  return html`${facts([
    ['This call', ofCall.length === 0 ? 'no flags' : html`<strong>${ofCall.join(', ')}</strong>`],
    ['All calls from this caller', counts.length === 0 ? 'no flags' : counts.join(', ')],
    ['Expire', until === null ? null : html`${moment(until)}, later if more flags are added`],
  ])}
<p class="quiet">Rules can match flags from earlier calls: <code>history: { flagged: scam }</code></p>
${mayFlag === null ? html`<p class="quiet">Flagging requires the analyst role, or <code>gatehouse flag</code> on this machine.</p>` : form(callId, flags, mayFlag)}`;
}

function form(callId: string, { ofCall }: CallFlags, { csrf }: FlagForm): Html {
  const words = flagWords.words.filter((word) => !ofCall.includes(word));
  const common = html`<input type="hidden" name="id" value="${callId}">${csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`}`;
  // Removing needs no reason, and a form with a required field cannot be sent without it.
  return html`${
    ofCall.length > 0 &&
    html`<form class="flags" action="/calls/flag" method="post" aria-label="Remove flags of this call">${common}${ofCall.map((word) => html`<button class="back" name="take-back" value="${word}">Remove flag: ${word}</button>`)}</form>`
  }${
    words.length > 0 &&
    html`<form class="flags" action="/calls/flag" method="post" aria-label="Flag this call"><button disabled hidden></button>${common}<label><span>Reason (required)</span><input name="why" required maxlength="${longestReason}" autocomplete="off"></label>${words.map((word) => html`<button name="flag" value="${word}">Flag as ${word}</button>`)}</form>`
  }`;
}
