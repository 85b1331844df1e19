import { scaleBand } from 'd3-scale';
import { stack } from 'd3-shape';
import type { Series, Step } from '../counted.ts';
import { type Html, html } from '../html.ts';
import { stepWords } from '../when.ts';
import { count } from '../words.ts';
import { at, callsAxis, drawn, type Frame } from './frame.ts';
import { timeLabels } from './time-labels.ts';

/** One colour of the bars: `key` is the value that is counted and, as `s-<key>`, its class in the style sheet. */
export interface Layer {
  readonly key: string;
  readonly word: string;
}

/** Calls over time, one bar a step, stacked. Layers without calls are left out of the legend too. */
export function stackedBars(label: string, series: Series, layers: readonly Layer[]): Html {
  const used = layers.filter(({ key }) => series.steps.some((step) => (step.calls.get(key) ?? 0) > 0));
  return html`${drawn(label, (frame) => bars(series, used, frame))}${legend(used)}`;
}

export function legend(layers: readonly Layer[]): Html {
  return html`<ul class="legend" aria-hidden="true">${layers.map(
    ({ key, word }) => html`<li><span class="swatch s-${key}"></span>${word}</li>`,
  )}</ul>`;
}

function bars(series: Series, layers: readonly Layer[], frame: Frame): Html {
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
      html`<rect class="hint" x="${at(x(step.at) ?? 0)}" y="${frame.top}" width="${at(x.step())}" height="${frame.height - frame.bottom - frame.top}"><title>${hint(series, step, layers)}</title></rect>`,
  );
  return html`${lines}${rects}${timeAxis(series, frame, (step) => (x(step) ?? 0) + x.bandwidth() / 2)}${hints}`;
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
