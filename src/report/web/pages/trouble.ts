import { waiting } from '../../../call/sentences.ts';
import { callAddress } from '../address.ts';
import { type Html, html } from '../html.ts';
import { heading } from '../layout.ts';
import type { LiveView } from '../page-deps.ts';
import { moment } from '../times.ts';

/** Replaces a page that needs the records. */
export function recordsAway(title: string, live: LiveView): Html {
  const { redis, backlog } = live.health();
  const since = !redis.up && redis.since !== null && html` since ${moment(redis.since)}`;
  return html`${heading(title, 'This page is temporarily unavailable.')}
<p class="notice warn" role="alert"><strong>${redis.up ? 'The records are still being read, or Redis is not responding' : html`Redis is unavailable${since}`}.</strong> ${waiting(backlog)}; no record is lost. Calls are still screened. <a href="/">Live status</a></p>`;
}

/** The reason is only in the log: on a page it might reveal masked numbers. */
export function failed(): Html {
  return html`${heading('Something went wrong', 'This is an error in Gatehouse. Calls are still screened; see the log for details.')}
<p><a href="/">Live status</a></p>`;
}

export function wronglyAsked(): Html {
  return html`${heading('Bad request', 'The request could not be read.')}
<p><a href="/">Live status</a></p>`;
}

export function wrongFlag(): Html {
  return html`${heading('No flag was changed', 'A flag is sales, scam or wanted; the request named none of them.')}
<p><a href="/calls">Search calls</a></p>`;
}

export function noNumberToFlag(callId: string): Html {
  return html`${heading('This call cannot be flagged', 'Flags belong to a caller number, and this one is unknown.')}
${backTo(callId)}`;
}

export function flagNotNoted(callId: string): Html {
  return html`${heading('Redis did not respond', 'The flag may not have been saved. It is safe to try again.')}
${backTo(callId)}`;
}

function backTo(callId: string): Html {
  return html`<p><a href="${callAddress(callId)}">Back to call</a></p>`;
}

export function notFound(id: string): Html {
  return html`${heading('Call not found', 'There is no record of a call with this ID, or it has been deleted.')}
<p><code>${id.slice(0, 400)}</code></p><p><a href="/calls">Search calls</a></p>`;
}
