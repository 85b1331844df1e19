import { campaignOfEvent } from '../../../../site-events/events-of-state.ts';
import { type EventKind, eventKinds, type SiteEvent } from '../../../../site-events/site-event.ts';
import { address, exactTime } from '../../address.ts';
import type { EventMark, MarkTone } from '../../charts/event-marks.ts';
import { type Html, type HtmlValue, html, said } from '../../html.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { table } from '../../table.ts';
import { moment, shortMoment, span } from '../../times.ts';
import { campaignWords } from '../campaign-words.ts';

export const tones: Readonly<Record<EventKind, MarkTone>> = {
  ...{ outage: 'bad', bypass: 'bad', canary: 'bad' },
  ...{ level: 'warn', campaign: 'warn' },
  ...{ rules: 'info', node: 'info' },
};

/** Around what has no length. */
const beforeMs = 300_000;
const afterMs = 600_000;

/** The calls of its time, narrowed to those that it is about. */
export function eventCalls({ at, until, calls }: SiteEvent): string {
  const isMoment = until !== null && until <= at;
  const since = exactTime(isMoment ? at - beforeMs : at);
  const end = until === null ? null : exactTime(isMoment ? at + afterMs : until + 1);
  return address('/calls', { ...calls, since, until: end });
}

export function eventTable(
  caption: string,
  events: readonly SiteEvent[],
  numbers: PageNumbers,
  now: number,
  empty: string,
): Html {
  return table({
    caption,
    captionHidden: true,
    columns: [
      { title: 'Began' },
      { title: 'Event', words: true },
      { title: 'Ended', wide: true },
      { title: 'Duration', number: true, wide: true },
      { title: 'Calls', narrow: true },
    ],
    rows: events.map((event) => [
      moment(event.at),
      html`<span class="event-tip event-${tones[event.kind]}" aria-hidden="true"></span><span class="visually-hidden">${eventKinds[event.kind].one}: </span>${title(event, numbers)}${detail(event, numbers)}<span class="under on-phone">${lasted(event, now)}</span>`,
      ended(event),
      isMoment(event) ? '' : span((event.until ?? now) - event.at),
      html`<a href="${eventCalls(event)}">Calls<span class="visually-hidden"> of this time</span></a>`,
    ]),
    empty,
  });
}

function title(event: SiteEvent, numbers: PageNumbers): Html {
  const campaign = campaignOfEvent(event);
  const words = html`<strong>${shown(event, event.title, numbers)}</strong>`;
  if (campaign !== null) return html`<a href="/campaigns/${campaign}">${words}</a>`;
  return event.kind === 'rules' ? html`<a href="/rules#reloads">${words}</a>` : words;
}

function detail(event: SiteEvent, numbers: PageNumbers): Html {
  const node = event.node !== null && html`${event.detail !== '' && ' '}Node ${said(event.node)}.`;
  return html`<span class="under">${event.detail !== '' && shown(event, event.detail, numbers)}${node}</span>`;
}

function shown(event: SiteEvent, text: string, numbers: PageNumbers): Html {
  return said(eventText(event, text, numbers));
}

/** Names of campaigns are what callers say, and may be numbers; all other texts are ours. */
export function eventText({ kind, calls }: SiteEvent, text: string, numbers: PageNumbers): string {
  return kind === 'campaign' ? campaignWords(text, calls.exchange, numbers) : text;
}

function ended(event: SiteEvent): HtmlValue {
  if (event.until === null) return 'ongoing';
  return isMoment(event) ? '' : moment(event.until);
}

function lasted(event: SiteEvent, now: number): HtmlValue {
  if (isMoment(event)) return null;
  const length = span((event.until ?? now) - event.at);
  return event.until === null ? `ongoing for ${length}` : html`until ${shortMoment(event.until)}, ${length}`;
}

function isMoment({ at, until }: SiteEvent): boolean {
  return until !== null && until <= at;
}

/** As charts draw them. */
export function marksOf(events: readonly SiteEvent[], numbers: PageNumbers): EventMark[] {
  return events.map((event) => ({
    ...{ at: event.at, tone: tones[event.kind] },
    words: eventText(event, event.title, numbers),
  }));
}
