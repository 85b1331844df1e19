import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { count } from '../../../call/sentences.ts';
import { type Html, html } from '../html.ts';
import { at } from './frame.ts';

const width = 168;
const height = 36;
const gap = 1.5;

/**
 * A day by the hour, small: bars of today, and a line of what is usual. For the eyes; its words are the busiest hour.
 * @param usual the same hours; null: not known
 */
export function dayLine(hours: readonly number[], usual: readonly number[] | null): Html {
  const most = Math.max(1, ...hours, ...(usual ?? []));
  const y = scaleLinear().domain([0, most]).range([height, 1]);
  const step = width / hours.length;
  const bars = hours.map(
    (many, hour) =>
      many > 0 &&
      html`<rect x="${at(hour * step)}" y="${at(y(many))}" width="${at(step - gap)}" height="${at(height - y(many))}"/>`,
  );
  const path =
    usual &&
    line<number>(
      (_, hour) => (hour + 0.5) * step - gap / 2,
      (many) => y(many),
    )(usual as number[]);
  const busiest = hours.indexOf(Math.max(...hours));
  const words =
    (hours[busiest] ?? 0) === 0
      ? 'None yet.'
      : `Most in the hour from ${busiest}:00: ${count(Math.round(hours[busiest] ?? 0))}.`;
  return html`<span class="visually-hidden">${words}</span><svg class="day-line" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><g class="s-plain">${bars}</g>${path && html`<path d="${path}" vector-effect="non-scaling-stroke"/>`}</svg>`;
}
