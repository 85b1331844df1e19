import { type CallFlags, flagWords } from '../../../screening/caller-flags.ts';
import { type Html, html } from '../html.ts';
import type { FlagForm } from '../page-deps.ts';
import { facts } from '../table.ts';
import { moment } from '../when.ts';
import { calls } from '../words.ts';

/** `no-number`: flags are kept by the caller's number, and this one is not known. */
export interface FlagsShown {
  readonly flags: CallFlags | 'no-number' | 'not-answered';
  readonly mayFlag: FlagForm | null;
}

/** What staff said of a call, and for who may: buttons to say it or to take it back. They need no script. */
export function callFlags(callId: string, { flags, mayFlag }: FlagsShown): Html {
  if (flags === 'no-number')
    return html`<p class="quiet">The caller’s number is not known, and flags are kept by number: this call cannot be flagged.</p>`;
  if (flags === 'not-answered')
    return html`<p class="notice warn">Redis does not answer for the flags at this moment. Load the page again.</p>`;
  const { ofCall, ofCaller, until } = flags;
  const counts = flagWords.flatMap((word) => (ofCaller[word] ? [`${word}: ${calls(ofCaller[word])}`] : []));
  return html`${facts([
    ['This call', ofCall.length === 0 ? 'nobody said anything' : html`<strong>${ofCall.join(', ')}</strong>`],
    ['All calls of this caller', counts.length === 0 ? 'nothing' : counts.join(', ')],
    ['These count', until === null ? null : html`until ${moment(until)}, longer when more is said`],
  ])}
<p class="quiet">Rules may ask for what staff said of earlier calls of a caller: <code>history: { flagged: scam }</code></p>
${mayFlag === null ? html`<p class="quiet">An analyst can flag a call here; <code>gatehouse flag</code> does it on the machine.</p>` : form(callId, flags, mayFlag)}`;
}

function form(callId: string, { ofCall }: CallFlags, { csrf }: FlagForm): Html {
  return html`<form class="flags" action="/calls/flag" method="post" aria-label="Flag this call"><input type="hidden" name="id" value="${callId}">${
    csrf !== null && html`<input type="hidden" name="_csrf" value="${csrf}">`
  }${flagWords.map((word) =>
    ofCall.includes(word)
      ? html`<button class="back" name="take-back" value="${word}">Take back: ${word}</button>`
      : html`<button name="flag" value="${word}">Flag as ${word}</button>`,
  )}</form>`;
}
