import { scaleBand } from 'd3-scale';
import { calls } from '../../../call/sentences.ts';
import { type Html, html } from '../html.ts';
import { at, callsAxis, drawn } from './frame.ts';

export interface Bar {
  /** Below the bar, short. */
  readonly label: string;
  readonly calls: number;
  /** Its calls. */
  readonly href: string;
}

/** Bars side by side of one color. */
export function plainBars(label: string, bars: readonly Bar[], className = 's-plain'): Html {
  return drawn(label, (frame) => {
    const { y, lines } = callsAxis(Math.max(0, ...bars.map((bar) => bar.calls)), frame);
    const x = scaleBand<number>()
      .domain(bars.map((_, index) => index))
      .range([frame.left, frame.width])
      .padding(0.2);
    const every = Math.ceil(bars.length / (frame.labels * 2));
    return html`${lines}<g class="${className}">${bars.map((bar, index) => {
      const height = y(0) - y(bar.calls);
      return html`<a href="${bar.href}" tabindex="-1"><rect x="${at(x(index) ?? 0)}" y="${at(y(bar.calls))}" width="${at(x.bandwidth())}" height="${at(height)}"><title>${bar.label}: ${calls(bar.calls)}</title></rect></a>`;
    })}</g>${bars.map(
      (bar, index) =>
        index % every === 0 &&
        html`<text class="tick" x="${at((x(index) ?? 0) + x.bandwidth() / 2)}" y="${frame.height - 6}" text-anchor="middle">${bar.label}</text>`,
    )}`;
  });
}

/** A bar inside a table cell; the cell says the number too. */
export function cellBar(part: number, whole: number, className = 's-plain'): Html {
  const width = whole === 0 ? 0 : (100 * part) / whole;
  return html`<svg class="cell-bar ${className}" width="100%" height="8" aria-hidden="true" focusable="false"><rect class="rail" width="100%" height="8" rx="2"/><rect width="${at(width)}%" height="8" rx="2"/></svg>`;
}

/** Parts of one whole, side by side in a cell. */
export function cellParts(parts: readonly { readonly key: string; readonly calls: number }[]): Html {
  const whole = parts.reduce((all, part) => all + part.calls, 0);
  let left = 0;
  return html`<svg class="cell-bar" width="100%" height="8" aria-hidden="true" focusable="false"><rect class="rail" width="100%" height="8" rx="2"/>${parts.map(
    (part) => {
      const width = whole === 0 ? 0 : (100 * part.calls) / whole;
      const rect =
        width > 0 && html`<rect class="s-${part.key}" x="${at(left)}%" width="${at(width)}%" height="8"/>`;
      left += width;
      return rect;
    },
  )}</svg>`;
}
