import { count } from '../../../../call/sentences.ts';
import {
  type EventKind,
  eventKinds,
  eventKindWords,
  eventsIn,
  type SiteEvent,
} from '../../../../site-events/site-event.ts';
import { address } from '../../address.ts';
import { exportLinks } from '../../export-links.ts';
import { type Html, html } from '../../html.ts';
import { rangeHeading } from '../../layout.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import type { TimeRange } from '../../time-range.ts';
import { type AskedKinds, eventsAsked } from './asked-events.ts';
import { eventTable } from './event-rows.ts';

const path = '/log';
const lead =
  'What happened to the switchboard and to Gatehouse, on all nodes: outages, attacks, reloads, starts and stops.';
const mostShown = 200;

export function eventsPage(
  all: readonly SiteEvent[],
  range: TimeRange,
  asked: AskedKinds,
  numbers: PageNumbers,
  now: number,
): Html {
  const kept = asked.text === '' ? {} : { kinds: asked.text };
  const head = rangeHeading('Events', lead, path, range, kept);
  const found = eventsAsked(all, range, asked, now);
  const ofTime = range.problem === null ? eventsIn(all, range, now) : [];
  const more = found.length - mostShown;
  return html`${head}
${asked.problem !== null && html`<p class="notice warn" role="alert">${asked.problem} Nothing is shown.</p>`}
${kindChips(ofTime, range, asked)}
${eventTable('Events, the latest first', found.slice(0, mostShown), numbers, now, 'No events in this time range.')}
${more > 0 && html`<p class="quiet">and ${count(more)} earlier ones: choose a shorter time, or take the whole table below.</p>`}
${exportLinks('events', { ...range.query, ...kept })}`;
}

/** Each puts its kind in or takes it out. */
function kindChips(ofTime: readonly SiteEvent[], range: TimeRange, { kinds }: AskedKinds): Html {
  const link = (chosen: readonly EventKind[], words: Html, isOn: boolean) =>
    html`<li><a href="${address(path, { ...range.query, kinds: chosen.join(',') })}"${isOn && html` aria-current="true"`}>${words}</a></li>`;
  return html`<ul class="chips" aria-label="Kinds of events">${link([], html`All <span class="tally">${count(ofTime.length)}</span>`, kinds.size === 0)}${eventKindWords.map(
    (kind) => {
      const isOn = kinds.has(kind);
      const chosen = eventKindWords.filter((one) => (one === kind ? !isOn : kinds.has(one)));
      const many = ofTime.filter((event) => event.kind === kind).length;
      return link(
        chosen,
        html`${eventKinds[kind].label} <span class="tally">${count(many)}</span>${isOn && html`<span class="visually-hidden">, shown</span>`}`,
        isOn,
      );
    },
  )}</ul>`;
}
