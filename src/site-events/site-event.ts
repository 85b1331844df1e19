import { z } from 'zod';

/** What the event log is filtered by. */
export const eventKinds = {
  outage: { label: 'Outages', one: 'Outage' },
  bypass: { label: 'Bypasses', one: 'Bypass' },
  level: { label: 'Attack levels', one: 'Attack level' },
  campaign: { label: 'Campaigns', one: 'Campaign' },
  canary: { label: 'Canary faults', one: 'Canary fault' },
  rules: { label: 'Rule reloads', one: 'Rule reload' },
  node: { label: 'Starts and stops', one: 'Start or stop' },
} as const satisfies Readonly<Record<string, { readonly label: string; readonly one: string }>>;

export type EventKind = keyof typeof eventKinds;
export const eventKindWords = Object.keys(eventKinds) as [EventKind, ...EventKind[]];

export function isEventKind(text: unknown): text is EventKind {
  return typeof text === 'string' && Object.hasOwn(eventKinds, text);
}

/** Texts that others write (names of campaigns, of files) are bounded here. */
const longestTitle = 200;
const longestDetail = 400;

const siteEvent = z.object({
  id: z.string().min(1).max(200),
  kind: z.enum(eventKindWords),
  at: z.number().int(),
  until: z.number().int().nullable().describe('when it ended; null: it goes on'),
  node: z.string().max(64).nullable().describe('whose event it is; null: of the whole site'),
  title: z.string().max(longestTitle),
  detail: z.string().max(longestDetail),
  calls: z.record(z.string().max(20), z.string().max(200)).describe('narrows the calls of its time'),
});

/**
 * Something that happened to the site. Times are epoch ms; what has no length ends when it begins. It holds no number of a person. What is
 * written again under its id takes the place of what was there, unless it would begin anew what is over.
 */
export type SiteEvent = Readonly<z.output<typeof siteEvent>>;

/** Cuts texts to their bounds. `calls`: filter of the page of calls. */
export function eventOf(
  event: Omit<SiteEvent, 'detail' | 'calls'> & Partial<Pick<SiteEvent, 'detail' | 'calls'>>,
): SiteEvent {
  const { detail = '', calls = {} } = event;
  return { ...event, calls, title: cut(event.title, longestTitle), detail: cut(detail, longestDetail) };
}

/** As it was written; null: it is none of ours. */
export function readEvent(text: string | null | undefined): SiteEvent | null {
  try {
    return siteEvent.parse(JSON.parse(text ?? ''));
  } catch {
    return null;
  }
}

/** True when it says more than what is known of it. */
export function isNews(event: SiteEvent, known: SiteEvent | undefined): boolean {
  if (known === undefined) return true;
  if (known.until !== null && event.until === null) return false;
  return (
    known.until !== event.until ||
    known.at !== event.at ||
    known.title !== event.title ||
    known.detail !== event.detail
  );
}

export interface EventRange {
  readonly since: number;
  readonly until: number;
}

/** Those that touch the range, the latest to begin first. @param now until when an event that goes on reaches */
export function eventsIn(all: Iterable<SiteEvent>, { since, until }: EventRange, now: number): SiteEvent[] {
  return [...all]
    .filter((one) => one.at < until && Math.max(one.at, one.until ?? now) >= since)
    .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
