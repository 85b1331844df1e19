import { count } from '../../../../call/sentences.ts';
import { eventsIn } from '../../../../site-events/site-event.ts';
import { type Html, html } from '../../html.ts';
import { heading } from '../../layout.ts';
import { levelBanner } from '../../level-banner.ts';
import { callTable } from '../call-rows.ts';
import { eventTable } from '../events/event-rows.ts';
import { goingOn } from './going-on.ts';
import { headline, untoldLevels } from './headline.ts';
import { liveCalls } from './live-calls.ts';
import type { NowData } from './now-data.ts';
import { partCards } from './part-cards.ts';
import { stateNotices } from './state-notices.ts';
import { todayFigures } from './today-figures.ts';

const eventsOfMs = 86_400_000;
const mostEvents = 8;

/** The state of the switchboard. The script replaces each section as it changes, unless whole numbers are shown: each view of those is audited. */
export function nowPage(data: NowData): Html {
  const notices = stateNotices(data);
  return html`${heading('Now', 'Whether anything is unusual, what happened today, and the calls inside.')}${wholeNumbersLink(data)}
<div id="live"${!data.numbers.whole && html` data-events="/events"`}>
<section id="now-state" aria-live="polite" aria-label="State">${headline(data, notices.isWell)}${otherLevels(data)}${notices.shown}</section>
<section id="now-today" aria-labelledby="h-today">${todayFigures(data)}</section>
<section id="now-calls" aria-labelledby="h-calls"><h2 id="h-calls">Being screened <span class="tally">${count(data.live.length)}</span></h2>${liveCalls(data)}</section>
<section id="now-attacks" aria-labelledby="h-attacks"><h2 id="h-attacks">Attack levels and campaigns</h2>${goingOn(data)}</section>
${folded('parts', 'Component health', partCards(data))}
${folded('events', 'Events of the last 24 hours', latestEvents(data))}
${folded('latest', 'Recent calls', latest(data))}
</div>`;
}

/** What the banner of other pages says, without what the headline has said. */
function otherLevels(data: NowData): Html | null {
  const { health, numbers } = data;
  if (health.levels === undefined) return null;
  const untold = { ...health.levels, above: untoldLevels(data), surges: [] };
  return levelBanner(untold, (called) => numbers.nameOf(called));
}

/** A section that a narrow screen shows when it is asked for. The script replaces what is in it, and so leaves it open. */
function folded(id: string, title: string, content: Html): Html {
  return html`<details class="folded"><summary><span>${title}</span></summary><section id="now-${id}" aria-labelledby="h-${id}"><h2 id="h-${id}">${title}</h2>${content}</section></details>`;
}

function wholeNumbersLink({ numbers, mayShowWhole }: NowData): Html | null {
  if (!mayShowWhole) return null;
  return numbers.whole
    ? html`<p class="quiet">Full numbers as of now; each view is audited. <a href="/">Follow live, masked</a></p>`
    : html`<p class="quiet">Numbers are masked while the page is live. <a href="/?numbers=full">Show full numbers</a></p>`;
}

function latestEvents({ events, numbers, now }: NowData): Html {
  const found = eventsIn(events, { since: now - eventsOfMs, until: now + 60_000 }, now);
  const more = found.length - mostEvents;
  return html`${eventTable('Events of the last 24 hours', found.slice(0, mostEvents), numbers, now, 'None.')}
<p><a href="/log">${more > 0 ? `And ${count(more)} more: all events` : 'All events'}</a></p>`;
}

function latest({ recorded, numbers }: NowData): Html {
  if (recorded.latest === null)
    return html`<p class="empty">The records are not answering, so recent calls cannot be shown.</p>`;
  return html`${callTable('Recent calls', recorded.latest, numbers, 'No calls in the last seven days.')}${
    recorded.latest.length > 0 && html`<p><a href="/calls">All calls</a></p>`
  }`;
}
