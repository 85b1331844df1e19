import { scaleLinear } from 'd3-scale';
import { count } from '../../../call/sentences.ts';
import { type Html, html } from '../html.ts';

/** A picture is drawn twice, because text in an SVG shrinks with it; the style sheet shows the one that fits. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
  /** How many labels the time axis has room for. */
  readonly labels: number;
}

const wideFrame: Frame = { width: 960, height: 260, left: 48, bottom: 24, top: 8, labels: 9 };
const narrowFrame: Frame = { width: 360, height: 220, left: 44, bottom: 24, top: 8, labels: 4 };

/**
 * The picture is for the eyes and the mouse; its parts may be links, which the table beside it has for everybody.
 * @param label what the picture shows and its main finding, for those who do not see it
 */
export function drawn(label: string, draw: (frame: Frame) => Html, height?: number): Html {
  const frames = [wideFrame, narrowFrame].map((frame) => ({ ...frame, height: height ?? frame.height }));
  return html`<div class="picture"><p class="visually-hidden">${label}</p>${frames.map(
    (frame) =>
      html`<svg class="${frame.width === wideFrame.width ? 'on-wide' : 'on-narrow'}" viewBox="0 0 ${frame.width} ${frame.height}" aria-hidden="true" focusable="false">${draw(frame)}</svg>`,
  )}</div>`;
}

/** Calls upwards: whole numbers on the lines, and where a number lies. */
export function callsAxis(
  most: number,
  frame: Frame,
): { readonly y: (calls: number) => number; readonly lines: Html } {
  const scale = scaleLinear()
    .domain([0, Math.max(1, most)])
    .nice(4)
    .range([frame.height - frame.bottom, frame.top]);
  const ticks = scale.ticks(4).filter(Number.isInteger);
  const lines = html`${ticks.map(
    (tick) =>
      html`<line class="${tick === 0 ? 'axis' : 'grid'}" x1="${frame.left}" x2="${frame.width}" y1="${at(scale(tick))}" y2="${at(scale(tick))}"/><text class="tick" x="${frame.left - 8}" y="${at(scale(tick) + 4)}" text-anchor="end">${axisWords(tick)}</text>`,
  )}`;
  return { y: scale, lines };
}

const short = new Intl.NumberFormat('en-GB', { notation: 'compact' });

/** What has room beside the axis: `1,500`, `20k`. */
function axisWords(calls: number): string {
  return calls < 10_000 ? count(calls) : short.format(calls).toLowerCase();
}

/** A coordinate, to a tenth. */
export function at(coordinate: number): string {
  return String(Math.round(coordinate * 10) / 10);
}
