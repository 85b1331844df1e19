import { scaleQuantize } from 'd3-scale';
import { calls } from '../../../call/sentences.ts';
import { type Html, html } from '../html.ts';
import { linked, table } from '../table.ts';
import { at, drawn, type Frame } from './frame.ts';

export const weekdays = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

export type HourAddress = (weekday: number, hour: number) => string;

/** Six shades; nothing at all is its own. */
const shades = [1, 2, 3, 4, 5, 6] as const;

/**
 * Calls by weekday and hour: seven rows from Monday, 24 columns.
 * @param href the calls of an hour of the week
 * @param asked the hours that the time has, as `weekday * 24 + hour`; the others are blank. Null: all of them
 */
export function heatMap(
  label: string,
  week: readonly (readonly number[])[],
  asked: ReadonlySet<number> | null,
  href: HourAddress,
): Html {
  const most = Math.max(1, ...week.flat());
  const shade = scaleQuantize<number>().domain([0, most]).range(shades);
  const legendWords = calls(most);
  return html`${drawn(label, (frame) => cells(week, asked, (n) => (n === 0 ? 0 : shade(n)), href, frame))}
<p class="legend" aria-hidden="true">none <span class="swatch q0"></span>${shades.map((n) => html`<span class="swatch q${n}"></span>`)} ${legendWords}</p>`;
}

export function heatTable(week: readonly (readonly number[])[], href: HourAddress): Html {
  return table({
    caption: 'Calls by weekday and hour',
    columns: [{ title: 'Hour' }, ...weekdays.map((day) => ({ title: day.slice(0, 3), number: true }))],
    rows: Array.from({ length: 24 }, (_, hour) => [
      hourWords(hour),
      ...week.map((day, weekday) => linked(day[hour] ?? 0, href(weekday, hour))),
    ]),
    empty: 'No calls.',
  });
}

function cells(
  week: readonly (readonly number[])[],
  asked: ReadonlySet<number> | null,
  shade: (calls: number) => number,
  href: HourAddress,
  frame: Frame,
): Html {
  const narrow = frame.width < 500;
  const left = narrow ? 30 : 48;
  const width = (frame.width - left) / 24;
  const height = (frame.height - frame.bottom) / 7;
  const gap = narrow ? 1.5 : 3;
  return html`${week.map(
    (day, row) =>
      html`<text class="tick" x="0" y="${at(row * height + height / 2 + 4)}">${weekdays[row]?.slice(0, narrow ? 2 : 3)}</text>${day.map(
        (n, hour) =>
          html`<a href="${href(row, hour)}" tabindex="-1"><rect class="${asked?.has(row * 24 + hour) === false ? 'blank' : `q${shade(n)}`}" x="${at(left + hour * width)}" y="${at(row * height)}" width="${at(width - gap)}" height="${at(height - gap)}" rx="2"><title>${weekdays[row]}, ${hourWords(hour)}: ${asked?.has(row * 24 + hour) === false ? 'outside this time range' : calls(n)}</title></rect></a>`,
      )}`,
  )}${[0, 6, 12, 18].map(
    (hour) =>
      html`<text class="tick" x="${at(left + hour * width)}" y="${frame.height - 6}">${hourWords(hour)}</text>`,
  )}`;
}

function hourWords(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}
