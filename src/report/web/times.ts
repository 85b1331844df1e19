import { DateTime } from 'luxon';
import { type Html, html } from './html.ts';

/** A moment in local time, to the second. */
export function moment(at: number): Html {
  return time(at, 'ccc d LLL yyyy, HH:mm:ss');
}

/** A moment in local time, to the minute. */
export function minute(at: number): Html {
  return time(at, 'ccc d LLL yyyy, HH:mm');
}

/** `14:02`, where more would be too much. */
export function clock(at: number): string {
  return local24(at).toFormat('HH:mm');
}

/** For columns of a table: day and time of day. */
export function shortMoment(at: number): Html {
  return time(at, 'd LLL HH:mm:ss');
}

function time(at: number, format: string): Html {
  const local = local24(at);
  return html`<time datetime="${local.toUTC().toISO() ?? ''}">${local.toFormat(format)}</time>`;
}

/** A step of a picture: `Tue 3 Mar 14:00`, `Tue 3 Mar`. */
export function stepWords(at: number, step: 'hour' | 'day' | 'week'): string {
  return step === 'hour'
    ? local24(at).toFormat('ccc d LLL HH:mm')
    : DateTime.fromMillis(at).setLocale('en-GB').toFormat('ccc d LLL yyyy');
}

/** How long ago, or how long: `12 s`, `4 min`, `3 h 20 min`, `5 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60)
    return minutes < 5 && seconds % 60 > 0 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** Milliseconds of a call, exact enough to compare: `310 ms`, `4.12 s`. */
export function callMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** The time zone that every page speaks of. */
export function zoneWords(): string {
  const local = DateTime.local();
  return `${local.zoneName} (UTC${local.toFormat('ZZ')})`;
}

function local24(at: number): DateTime {
  return DateTime.fromMillis(at).setLocale('en-GB');
}

/** Since when, short: `09:12` of today, else `3 Mar 09:12`. */
export function shortSince(at: number, now: number): Html {
  const isToday = local24(at).hasSame(local24(now), 'day');
  return html`since ${time(at, isToday ? 'HH:mm' : 'd LLL HH:mm')}`;
}
