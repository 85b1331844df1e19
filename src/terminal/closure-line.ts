import { DateTime } from 'luxon';
import { everyCalendar } from '../call/facts.ts';
import { visibleText } from '../text/visible-text.ts';

/** `Closed by hand until 2026-01-12 17:00 EST: all calendars (snow)`. @param zone IANA, or that of this machine */
export function closureLine(
  closure: { readonly calendar: string; readonly until: number; readonly reason: string },
  zone = 'default',
): string {
  const { calendar, until, reason } = closure;
  const end = DateTime.fromMillis(until, { zone }).toFormat('yyyy-MM-dd HH:mm ZZZZ');
  const what = calendar === everyCalendar ? 'all calendars' : `calendar ${visibleText(calendar)}`;
  return `Closed by hand until ${end}: ${what}${reason === '' ? '' : ` (${visibleText(reason)})`}`;
}
