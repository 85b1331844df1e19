import { DateTime } from 'luxon';
import { noValue, weekHourText } from '../../../call/call-filter.ts';
import type { CallRecords, HourOfWeek, ValueCount } from '../../../call/call-records.ts';
import { calls, count, percent, valueWords } from '../../../call/sentences.ts';
import { dispositions } from '../../../call/vocabulary.ts';
import type { SiteEvent } from '../../../site-events/site-event.ts';
import { address, callsAddress, stepAddress } from '../address.ts';
import { answered } from '../answered.ts';
import type { EventMark } from '../charts/event-marks.ts';
import { heatMap, heatTable, weekdays } from '../charts/heat-map.ts';
import { cellBar } from '../charts/plain-bars.ts';
import { stackedBars } from '../charts/stacked-bars.ts';
import { hoursIn, type Series, series, stepsOf, sum, weekOf } from '../counted.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { linked, pictured, table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { stepWords } from '../times.ts';
import { placeMark } from './call-rows.ts';
import { eventTable, marksOf } from './events/event-rows.ts';

const dimensions = ['where', 'rule', 'attestation', 'verification', 'bypass', 'called', 'signer'] as const;
type Shown = (typeof dimensions)[number];
export interface HistoryData {
  readonly counts: Readonly<Record<Shown, readonly ValueCount[]>>;
  readonly overTime: Series;
  readonly week: readonly HourOfWeek[];
}

const mostValues = 25;
const mostEvents = 50;

/** @throws NotAnswered */
export async function historyData(records: CallRecords, range: TimeRange): Promise<HistoryData> {
  const { since, until } = range;
  const steps = stepsOf(range);
  const counted = async (dimension: Shown) =>
    [dimension, await records.counts(dimension, { since, until })] as const;
  const [counts, timeline, week] = await answered(
    Promise.all([
      Promise.all(dimensions.map(counted)),
      records.timeline(steps.starts, { since, until }),
      records.hoursOfWeek({ since, until }, DateTime.local().zoneName),
    ]),
  );
  return {
    counts: Object.fromEntries(counts) as HistoryData['counts'],
    overTime: series(timeline, steps),
    week,
  };
}

/** @param events those of the time, the latest first */
export function historyPage(
  data: HistoryData,
  range: TimeRange,
  numbers: PageNumbers,
  events: readonly SiteEvent[] = [],
): Html {
  const { counts, overTime, week } = data;
  const all = sum(counts.where);
  return html`${rangeHeading('History', 'Call volume and results over time.', '/history', range)}
${
  all === 0
    ? html`<p class="empty">No calls in this time range.</p>`
    : html`${totalsList(counts.where, all, range)}
<section aria-labelledby="h-time"><h2 id="h-time">Calls by ${overTime.size}</h2>${timePicture(overTime, all, range, {}, marksOf(events, numbers))}${exportLinks('time', range.query)}${eventsOfTime(events, range, numbers)}</section>
<div class="two">
<div>
${by('rule', 'By rule', 'Rule', counts, range, numbers)}
${by('verification', 'By signature', 'Signature', counts, range, numbers)}
${by('attestation', 'By attestation', 'Attestation', counts, range, numbers)}
</div>
<div>
${by('called', 'By called number', 'Called', counts, range, numbers)}
${counts.signer.length > 0 && by('signer', 'By signer', 'Signer', counts, range, numbers)}
${counts.bypass.length > 0 && by('bypass', 'Bypassed screening, by reason', 'Reason', counts, range, numbers)}
</div>
</div>
<section aria-labelledby="h-week"><h2 id="h-week">Hours of the week</h2>${weekPicture(week, range)}${exportLinks('week', range.query)}</section>`
}`;
}

function totalsList(rows: readonly ValueCount[], all: number, range: TimeRange): Html {
  const found = new Map(rows.map((row) => [row.value, row.calls]));
  return html`<ul class="totals"><li><a href="${callsAddress(range)}"><span class="big">${count(all)}</span> ${all === 1 ? 'call' : 'calls'}</a></li>${dispositions.words
    .filter((key) => (found.get(key) ?? 0) > 0)
    .map(
      (key) =>
        html`<li title="${dispositions.all[key].about}"><a href="${callsAddress(range, { where: key })}"><span class="big">${count(found.get(key) ?? 0)}</span> ${placeMark(key)} <span class="quiet">${percent(found.get(key) ?? 0, all)}</span></a></li>`,
    )}</ul>`;
}

/** Calls over time by result, as a picture and as a table. `filters`: what else links to calls ask. */
export function timePicture(
  overTime: Series,
  all: number,
  range: TimeRange,
  filters: Readonly<Record<string, string>> = {},
  marks: readonly EventMark[] = [],
): Html {
  const layers = dispositions.words.map((key) => ({ key, word: dispositions.label(key) }));
  const used = layers.filter(({ key }) => overTime.steps.some((step) => (step.calls.get(key) ?? 0) > 0));
  const label = `Calls by ${overTime.size}, stacked by result: ${calls(all)} in ${overTime.steps.length} ${overTime.size}s. The table below has the same data.`;
  const rows = overTime.steps
    .filter((step) => step.calls.size > 0)
    .map((step) => [
      stepWords(step.at, overTime.size),
      linked(
        [...step.calls.values()].reduce((one, other) => one + other, 0),
        stepAddress(range, step, filters),
      ),
      ...used.map(({ key }) =>
        linked(step.calls.get(key) ?? 0, stepAddress(range, step, { ...filters, where: key })),
      ),
    ]);
  return html`${pictured(
    stackedBars(label, overTime, layers, (step) => stepAddress(range, step, filters), {
      events: { marks, href: (step) => stepAddress(range, step, {}, '/log') },
    }),
    table({
      caption: `Calls by ${overTime.size}; empty ones are omitted`,
      columns: [
        { title: overTime.size === 'hour' ? 'Hour' : overTime.size === 'day' ? 'Day' : 'Week from' },
        { title: 'Calls', number: true },
        ...used.map(({ word }) => ({ title: word, number: true })),
      ],
      rows,
      empty: 'No calls.',
    }),
  )}`;
}

/** What the marks over the bars are, for everybody. */
function eventsOfTime(events: readonly SiteEvent[], range: TimeRange, numbers: PageNumbers): Html | null {
  if (events.length === 0) return null;
  const more = events.length - mostEvents;
  return html`<details class="as-table"><summary>${count(events.length)} ${events.length === 1 ? 'event' : 'events'} in this time</summary>
${eventTable('Events in this time', events.slice(0, mostEvents), numbers, range.until, '')}
<p><a href="${address('/log', range.query)}">${more > 0 ? `And ${count(more)} more: all events` : 'All events'}</a></p></details>`;
}

function by(
  dimension: Exclude<Shown, 'where'>,
  title: string,
  column: string,
  counts: HistoryData['counts'],
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const all = counts[dimension];
  const whole = sum(all);
  const shown = all.slice(0, mostValues);
  const left = sum(all.slice(mostValues));
  return html`<section>${html`<h2>${title}</h2>`}${table({
    caption: title,
    captionHidden: true,
    columns: [
      { title: column },
      { title: 'Calls', number: true },
      { title: 'Share', number: true },
      { title: '', wide: true },
    ],
    rows: [
      ...shown.map((row) => [
        valueCell(dimension, row.value, range, numbers),
        linkedCell(dimension, row, range, numbers),
        percent(row.calls, whole),
        cellBar(row.calls, shown[0]?.calls ?? 1),
      ]),
      ...(left > 0
        ? [
            [
              html`<span class="quiet">${count(all.length - mostValues)} others</span>`,
              count(left),
              percent(left, whole),
              null,
            ],
          ]
        : []),
    ],
    empty: 'No calls.',
  })}${exportLinks(dimension, range.query)}</section>`;
}

function linkedCell(
  dimension: Shown,
  { value, calls: number }: ValueCount,
  range: TimeRange,
  numbers: PageNumbers,
) {
  return mayLink(dimension, value, numbers)
    ? linked(number, callsAddress(range, { [dimension]: value }))
    : count(number);
}

/** Never a link that would reveal a masked number: a signer writes its name itself; rules, reasons and called numbers are ours. */
function mayLink(dimension: Shown, value: string, numbers: PageNumbers): boolean {
  return dimension !== 'signer' || numbers.text(value) === value;
}

function valueCell(dimension: Shown, value: string, range: TimeRange, numbers: PageNumbers): Html {
  const words = valueName(dimension, value, numbers);
  if (!mayLink(dimension, value, numbers)) return words;
  return html`<a href="${callsAddress(range, { [dimension]: value })}">${words}</a>`;
}

function valueName(dimension: Shown, value: string, numbers: PageNumbers): Html {
  if (dimension === 'signer') return said(numbers.text(value));
  if (dimension !== 'called') return said(valueWords(dimension, value));
  return value === noValue ? html`not a public number` : numbers.called(value);
}

function weekPicture(hours: readonly HourOfWeek[], range: TimeRange): Html {
  const week = weekOf(hours);
  const busiest = week
    .flatMap((day, weekday) => day.map((number, hour) => ({ number, weekday, hour })))
    .reduce((one, other) => (other.number > one.number ? other : one));
  const label = `Calls by weekday and hour. Peak: ${calls(busiest.number)} on ${weekdays[busiest.weekday]} from ${busiest.hour}:00. The table below has the same data.`;
  const href = (weekday: number, hour: number) => callsAddress(range, { hour: weekHourText(weekday, hour) });
  const isPart = range.until - range.since < 7 * 86_400_000;
  return html`${pictured(heatMap(label, week, isPart ? hoursIn(range) : null, href), heatTable(week, href))}${isPart && html`<p class="quiet">Hours outside this time range are blank.</p>`}`;
}
