import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import { DateTime } from 'luxon';
import { count } from '../../../call/sentences.ts';
import type { Series, Step } from '../counted.ts';
import { type Html, html } from '../html.ts';
import { stepWords } from '../times.ts';
import { drawMarks, type EventMarks } from './event-marks.ts';
import { at, callsAxis, drawn, type Frame } from './frame.ts';

/** One color of the bars: `key` is the value that is counted and, as `s-<key>`, its class in the style sheet. */
export interface Layer {
  readonly key: string;
  readonly word: string;
}

/**
 * Calls over time, one bar a step, stacked. Layers without calls are left out of the legend too. `href`: the calls of a step; `events`:
 * what happened, drawn over them.
 */
export function stackedBars(
  label: string,
  series: Series,
  layers: readonly Layer[],
  href: (step: Step) => string,
  more: { readonly height?: number; readonly events?: EventMarks } = {},
): Html {
  const used = layers.filter(({ key }) => series.steps.some((step) => (step.calls.get(key) ?? 0) > 0));
  const events = more.events ?? { marks: [], href };
  return html`${drawn(label, (frame) => bars(series, used, href, frame, events), more.height)}${legend(used)}`;
}

export function legend(layers: readonly Layer[]): Html {
  return html`<ul class="legend" aria-hidden="true">${layers.map(
    ({ key, word }) => html`<li><span class="swatch s-${key}"></span>${word}</li>`,
  )}</ul>`;
}

function bars(
  series: Series,
  layers: readonly Layer[],
  href: (step: Step) => string,
  frame: Frame,
  events: EventMarks,
): Html {
  const { steps } = series;
  const most = Math.max(
    0,
    ...steps.map((step) => layers.reduce((all, layer) => all + of(step, layer.key), 0)),
  );
  const { y, lines } = callsAxis(most, frame);
  const x = scaleBand<number>()
    .domain(steps.map((step) => step.at))
    .range([frame.left, frame.width])
    .paddingInner(steps.length > 80 ? 0.1 : 0.22)
    .paddingOuter(0.1);
  const stacked = stack<unknown, Step, string>()
    .keys(layers.map(({ key }) => key))
    .value(of)(steps as Step[]);
  const rects = stacked.map(
    (layer) =>
      html`<g class="s-${layer.key}">${layer.map((piece, index) => {
        const height = y(piece[0]) - y(piece[1]);
        const left = x(steps[index]?.at ?? 0) ?? 0;
        return (
          height > 0 &&
          html`<rect x="${at(left)}" y="${at(y(piece[1]))}" width="${at(x.bandwidth())}" height="${at(height)}"/>`
        );
      })}</g>`,
  );
  // Over the whole height, so that a low bar can be pointed at too.
  const hints = steps.map(
    (step) =>
      html`<a href="${href(step)}" tabindex="-1"><rect class="hint" x="${at(x(step.at) ?? 0)}" y="${frame.top}" width="${at(x.step())}" height="${frame.height - frame.bottom - frame.top}"><title>${hint(series, step, layers)}</title></rect></a>`,
  );
  const placed = (step: Step, moment: number) =>
    (x(step.at) ?? 0) + (x.step() * (moment - step.at)) / (step.until - step.at);
  const marks = drawMarks(steps, events, frame, placed);
  return html`${lines}${rects}${timeAxis(series, frame, (step) => (x(step) ?? 0) + x.bandwidth() / 2)}${hints}${marks}`;
}

function of(step: Step, key: string): number {
  return step.calls.get(key) ?? 0;
}

function hint(series: Series, step: Step, layers: readonly Layer[]): string {
  const parts = layers
    .filter(({ key }) => of(step, key) > 0)
    .map(({ key, word }) => `${word} ${count(of(step, key))}`);
  return `${stepWords(step.at, series.size)}: ${parts.length === 0 ? 'no calls' : parts.join(', ')}`;
}

function timeAxis(series: Series, frame: Frame, x: (at: number) => number): Html[] {
  return timeLabels(series, frame.labels).map(({ at: step, words }) => {
    // A word at the edge is moved in, not cut.
    const half = words.length * 3.5;
    const place = Math.min(Math.max(x(step), half), frame.width - half);
    return html`<text class="tick" x="${at(place)}" y="${frame.height - 6}" text-anchor="middle">${words}</text>`;
  });
}

/** Steps between labels that people count in: parts of a day, then weeks. */
const hourSteps = [1, 2, 3, 6, 12, 24];

const daySteps = [1, 2, 7, 14, 28];

/**
 * Which steps of a picture are labeled, and how: by the hour at round hours, midnight with its day; by the day each day, or
 * Mondays when there are many. At most `most` labels, or one more at an edge.
 */
export function timeLabels(series: Series, most: number): { readonly at: number; readonly words: string }[] {
  const { size, steps } = series;
  const fits = (step: number) => steps.length / step <= most + 0.5;
  if (size === 'week') {
    const every = Math.ceil(steps.length / most);
    return steps.filter((_, index) => index % every === 0).map(({ at }) => ({ at, words: day(at, false) }));
  }
  if (size === 'hour') {
    const every = hourSteps.find(fits) ?? 24;
    return steps
      .map(({ at }) => ({ at, local: DateTime.fromMillis(at) }))
      .filter(({ local }) => local.hour % every === 0 && local.minute === 0)
      .map(({ at, local }) => ({ at, words: local.hour === 0 ? day(at, true) : local.toFormat('HH:mm') }));
  }
  const every = daySteps.find(fits) ?? 28;
  const first = every < 7 ? 0 : steps.findIndex(({ at }) => DateTime.fromMillis(at).weekday === 1);
  return steps
    .filter((_, index) => index >= first && (index - first) % every === 0)
    .map(({ at }) => ({ at, words: day(at, every < 7 || most > 5) }));
}

function day(at: number, withWeekday: boolean): string {
  return DateTime.fromMillis(at)
    .setLocale('en-GB')
    .toFormat(withWeekday ? 'ccc d LLL' : 'd LLL');
}
