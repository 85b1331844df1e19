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

/** A part of a bar or column. */
export interface Part {
  readonly name: string;
  readonly color: string;
}

/** Lying bars of parts laid end to end, the sum at the end, or `shown`; `limit` is a line down with words. */
export function stackedBars(given: {
  readonly title: string;
  readonly across: string;
  readonly parts: readonly Part[];
  readonly bars: readonly Bar[];
  readonly limit?: { readonly x: number; readonly words: string };
  readonly shown?: (bar: Bar) => string;
}): string {
  const { limit } = given;
  const left = 190;
  const sum = (bar: Bar) => bar.values.reduce((all, one) => all + one, 0);
  const shown = given.shown ?? ((one: Bar) => sum(one).toFixed(2));
  const x = scaleLinear([0, Math.max(limit?.x ?? 0, ...given.bars.map(sum))], [left, plot.right + 60]).nice();
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
      text(x(from) + 8, middle, shown(one), 'start'),
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
    ...(limit === undefined
      ? []
      : [
          `<line x1="${x(limit.x)}" x2="${x(limit.x)}" y1="${plot.top + 18}" y2="${plot.bottom}" stroke="#b91c1c" stroke-dasharray="5 4"/>`,
          text(x(limit.x), plot.top + 14, limit.words, 'middle', '#b91c1c'),
        ]),
  ]);
}

/** Standing columns of parts laid one on the other, in the order of the parts from below; every so many is named below. */
export function columnChart(given: {
  readonly title: string;
  readonly across: string;
  readonly up: string;
  readonly parts: readonly Part[];
  readonly columns: readonly Bar[];
  readonly namedEach: number;
}): string {
  const { columns, parts } = given;
  const sum = ({ values }: Bar) => values.reduce((all, one) => all + one, 0);
  const x = scaleBand(
    columns.map(({ name }) => name),
    [plot.left, width - 24],
  ).padding(0.2);
  const y = scaleLinear([0, Math.max(1, ...columns.map(sum))], [plot.bottom, plot.top]).nice();
  const column = (one: Bar, place: number) => {
    let from = 0;
    const left = x(one.name) ?? 0;
    const boxes = one.values.map((value, at) => {
      const [bottom, top] = [y(from), y(from + value)];
      from += value;
      return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${x.bandwidth().toFixed(1)}" height="${(bottom - top).toFixed(1)}" fill="${parts[at]?.color}"/>`;
    });
    const isNamed = place % given.namedEach === 0;
    return isNamed ? [...boxes, text(left + x.bandwidth() / 2, plot.bottom + 20, one.name, 'middle')] : boxes;
  };
  return svg(given.title, [
    ...y.ticks(6).map((tick) => horizontal(y(tick), `${tick}`, width - 24)),
    text(12, plot.top - 12, given.up, 'start'),
    text((plot.left + width - 24) / 2, plot.bottom + 44, given.across, 'middle'),
    ...parts.flatMap(({ name, color }, at) => [
      `<rect x="${plot.left + 130 + at * 190}" y="${plot.top - 24}" width="12" height="12" fill="${color}"/>`,
      text(plot.left + 148 + at * 190, plot.top - 13, name, 'start'),
    ]),
    ...columns.flatMap(column),
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

function horizontal(at: number, words: string, right = plot.right): string {
  return `<line x1="${plot.left}" x2="${right}" y1="${at}" y2="${at}" stroke="${faint}"/>\n${text(plot.left - 8, at + 4, words, 'end')}`;
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
