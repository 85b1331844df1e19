import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import { heading } from '../layout.ts';
import type { LiveView } from '../page-deps.ts';
import { moment } from '../when.ts';
import { waiting } from '../words.ts';

/** In place of a page that needs the records. */
export function recordsAway(title: string, live: LiveView): Html {
  const { redis, backlog } = live.health();
  const since = !redis.up && redis.since !== null && html` since ${moment(redis.since)}`;
  return html`${heading(title, 'This page cannot be made at this moment.')}
<p class="notice warn" role="alert"><strong>Redis ${redis.up ? 'does not answer' : html`is away${since}`}.</strong> ${waiting(backlog)}; none is lost. Calls are screened. <a href="/">See what is going on now</a></p>`;
}

/** A mistake of ours. The reason is in the log: on a page it could tell what is masked. */
export function failed(): Html {
  return html`${heading('This page failed', 'That is a mistake of Gatehouse. Calls are screened all the same; the log says more.')}
<p><a href="/">See what is going on now</a></p>`;
}

export function wronglyAsked(): Html {
  return html`${heading('This cannot be asked for in this way', 'What was sent cannot be read.')}
<p><a href="/">See what is going on now</a></p>`;
}

export function wrongFlag(): Html {
  return html`${heading('Nothing was flagged', 'A call can be flagged as sales, scam or wanted, or that can be taken back; what was sent is none of it.')}
<p><a href="/calls">Search the calls</a></p>`;
}

export function noNumberToFlag(callId: string): Html {
  return html`${heading('This call cannot be flagged', 'The caller’s number is not known, and flags are kept by number.')}
${backTo(callId)}`;
}

export function flagNotNoted(callId: string): Html {
  return html`${heading('Redis did not answer', 'It is not known whether the flag was noted. To say it again does no harm.')}
${backTo(callId)}`;
}

function backTo(callId: string): Html {
  return html`<p><a href="${callAddress(callId)}">Back to the call</a></p>`;
}

export function notFound(id: string): Html {
  return html`${heading('No such call', 'Nothing is known of a call with this id, or not any more.')}
<p><code>${id.slice(0, 400)}</code></p><p><a href="/calls">Search the calls</a></p>`;
}
