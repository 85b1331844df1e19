import { scaleBand, scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';

export interface Series {
  readonly name: string;
  readonly color: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const width = 720;
const height = 380;
const plot = { left: 64, right: 560, top: 64, bottom: 324 };
const ink = '#1f2937';
const faint = '#d1d5db';

/** Lines over a logarithmic height, each named beside the height at which it ends; `limit` is a line across with words. */
export function lineChart(given: {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly series: readonly Series[];
  readonly limit: { readonly y: number; readonly words: string };
}): string {
  const points = given.series.flatMap((one) => [...one.points]);
  const x = scaleLinear([0, Math.max(...points.map((one) => one.x))], [plot.left, plot.right]).nice();
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...points.map((one) => one.y))));
  const highest = 10 ** Math.ceil(Math.log10(Math.max(given.limit.y, ...points.map((one) => one.y))));
  const y = scaleLog([lowest, highest], [plot.bottom, plot.top]);
  const path = line<{ x: number; y: number }>(
    (one) => x(one.x),
    (one) => y(one.y),
  );
  const decades = y.ticks().filter((tick) => Number.isInteger(Math.round(Math.log10(tick) * 1e6) / 1e6));
  const ends = apart(
    given.series.map((one) => y(one.points.at(-1)?.y ?? lowest)),
    16,
  );
  return svg(given.title, [
    ...decades.map((tick) => horizontal(y(tick), `${tick}`)),
    ...x.ticks(8).map((tick) => text(x(tick), plot.bottom + 20, `${tick}`, 'middle')),
    text((plot.left + plot.right) / 2, plot.bottom + 44, given.across, 'middle'),
    text(12, plot.top - 12, given.up, 'start'),
    `<line x1="${plot.left}" x2="${plot.right}" y1="${y(given.limit.y)}" y2="${y(given.limit.y)}" stroke="#b91c1c" stroke-dasharray="5 4"/>`,
    text(plot.left + 6, y(given.limit.y) - 6, given.limit.words, 'start', '#b91c1c'),
    ...given.series.flatMap((one, at) => [
      `<path d="${path([...one.points])}" fill="none" stroke="${one.color}" stroke-width="2.5"/>`,
      ...one.points.map(
        (point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="3" fill="${one.color}"/>`,
      ),
      text(plot.right + 12, (ends[at] ?? 0) + 4, one.name, 'start', one.color),
    ]),
  ]);
}

export interface Bar {
  readonly name: string;
  /** From the left, in the order of the parts. */
  readonly values: readonly number[];
}

/** Lying bars of parts laid end to end, the sum at the end; `limit` is a line down with words. */
export function stackedBars(given: {
  readonly title: string;
  readonly across: string;
  readonly parts: readonly { readonly name: string; readonly color: string }[];
  readonly bars: readonly Bar[];
  readonly limit: { readonly x: number; readonly words: string };
}): string {
  const left = 190;
  const sum = (bar: Bar) => bar.values.reduce((all, one) => all + one, 0);
  const x = scaleLinear([0, Math.max(given.limit.x, ...given.bars.map(sum))], [left, plot.right + 60]).nice();
  const names = given.bars.map((bar) => bar.name);
  const y = scaleBand(names, [plot.top + 30, plot.bottom]).padding(0.35);
  const bar = (one: Bar) => {
    let from = 0;
    const top = y(one.name) ?? 0;
    const boxes = one.values.map((value, at) => {
      const [start, end] = [x(from), x(from + value)];
      from += value;
      return `<rect x="${start}" y="${top}" width="${end - start}" height="${y.bandwidth()}" fill="${given.parts[at]?.color}"/>`;
    });
    const middle = top + y.bandwidth() / 2 + 4;
    return [
      ...boxes,
      text(left - 10, middle, one.name, 'end'),
      text(x(from) + 8, middle, from.toFixed(2), 'start'),
    ];
  };
  return svg(given.title, [
    ...x
      .ticks(6)
      .flatMap((tick) => [
        `<line x1="${x(tick)}" x2="${x(tick)}" y1="${plot.top + 24}" y2="${plot.bottom}" stroke="${faint}"/>`,
        text(x(tick), plot.bottom + 20, `${tick}`, 'middle'),
      ]),
    text((left + plot.right) / 2, plot.bottom + 44, given.across, 'middle'),
    ...given.parts.flatMap(({ name, color }, at) => [
      `<rect x="${left + at * 110}" y="${plot.top - 24}" width="12" height="12" fill="${color}"/>`,
      text(left + at * 110 + 18, plot.top - 13, name, 'start'),
    ]),
    ...given.bars.flatMap(bar),
    `<line x1="${x(given.limit.x)}" x2="${x(given.limit.x)}" y1="${plot.top + 18}" y2="${plot.bottom}" stroke="#b91c1c" stroke-dasharray="5 4"/>`,
    text(x(given.limit.x), plot.top + 14, given.limit.words, 'middle', '#b91c1c'),
  ]);
}

function svg(title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">`,
    `<title>${title}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="20" font-size="15" font-weight="600" fill="${ink}">${title}</text>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}

function horizontal(at: number, words: string): string {
  return `<line x1="${plot.left}" x2="${plot.right}" y1="${at}" y2="${at}" stroke="${faint}"/>\n${text(plot.left - 8, at + 4, words, 'end')}`;
}

function text(
  x: number,
  y: number,
  words: string,
  anchor: 'start' | 'middle' | 'end',
  color: string = ink,
): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${color}" stroke="#ffffff" stroke-width="3" paint-order="stroke">${words}</text>`;
}

/** The same heights, moved so that none is nearer to another than `least`; in the given order. */
function apart(heights: readonly number[], least: number): number[] {
  const sorted = heights.map((height, at) => ({ height, at })).sort((a, b) => a.height - b.height);
  for (const [index, one] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before && one.height - before.height < least) one.height = before.height + least;
  }
  return sorted.sort((a, b) => a.at - b.at).map(({ height }) => height);
}
