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

export function notFound(id: string): Html {
  return html`${heading('No such call', 'Nothing is known of a call with this id, or not any more.')}
<p><code>${id.slice(0, 400)}</code></p><p><a href="/calls">Search the calls</a></p>`;
}
