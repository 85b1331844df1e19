import type { CallRecords, CountDimension, CountRow } from '../../call-records.ts';
import { address } from '../address.ts';
import { heatMap, heatTable, weekdays } from '../charts/heat-map.ts';
import { cellBar } from '../charts/plain-bars.ts';
import { stackedBars } from '../charts/stacked-bars.ts';
import { hoursIn, hoursOfWeek, type Series, series, sum, totals } from '../counted.ts';
import { countsIn } from '../counts-in.ts';
import { answered } from '../deadline.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { pictured, table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { stepWords } from '../when.ts';
import { calls, count, percent, places, valueWords } from '../words.ts';
import { placeMark } from './call-rows.ts';

const dimensions = ['where', 'rule', 'attestation', 'verification', 'bypass', 'called', 'signer'] as const;
type Shown = (typeof dimensions)[number];
export type HistoryData = Readonly<Record<Shown, readonly CountRow[]>>;

const mostValues = 25;

/** @throws NotAnswered */
export async function historyData(records: CallRecords, range: TimeRange): Promise<HistoryData> {
  const asked = dimensions.map(async (dimension) => {
    // Only the picture over time needs the steps.
    const rows =
      dimension === 'where' ? records.counts(dimension, range) : countsIn(records, dimension, range);
    return [dimension, await rows] as const;
  });
  const found = new Map<Shown, readonly CountRow[]>(await answered(Promise.all(asked)));
  const rowsOf = (dimension: Shown): readonly CountRow[] => found.get(dimension) ?? [];
  return {
    where: rowsOf('where'),
    rule: rowsOf('rule'),
    attestation: rowsOf('attestation'),
    verification: rowsOf('verification'),
    bypass: rowsOf('bypass'),
    called: rowsOf('called'),
    signer: rowsOf('signer'),
  };
}

export function historyPage(data: HistoryData, range: TimeRange, numbers: PageNumbers): Html {
  const overTime = series(data.where, range);
  const all = sum(data.where);
  return html`${rangeHeading('History', 'What became of the calls that arrived.', '/history', range)}
${
  all === 0
    ? html`<p class="empty">No calls arrived in this time.</p>`
    : html`${totalsList(data.where, all)}
<section aria-labelledby="h-time"><h2 id="h-time">Calls by ${overTime.size}</h2>${timePicture(overTime, range, all)}</section>
<div class="two">
<div>
${by('rule', 'By rule', 'Rule', data, range, numbers)}
${by('verification', 'By signature', 'Signature', data, range, numbers)}
${by('attestation', 'By attestation', 'Attestation', data, range, numbers)}
</div>
<div>
${by('called', 'By called number', 'Called', data, range, numbers)}
${data.signer.length > 0 && by('signer', 'By signer', 'Signer', data, range, numbers)}
${data.bypass.length > 0 && by('bypass', 'Not screened, by reason', 'Reason', data, range, numbers)}
</div>
</div>
<section aria-labelledby="h-week"><h2 id="h-week">Hours of the week</h2>${weekPicture(data.where, range)}</section>`
}`;
}

function totalsList(rows: readonly CountRow[], all: number): Html {
  const found = new Map(totals(rows).map((total) => [total.value, total.calls]));
  return html`<ul class="totals"><li><span class="big">${count(all)}</span> ${all === 1 ? 'call' : 'calls'}</li>${places
    .filter(({ key }) => (found.get(key) ?? 0) > 0)
    .map(
      ({ key, about }) =>
        html`<li title="${about}"><span class="big">${count(found.get(key) ?? 0)}</span> ${placeMark(key)} <span class="quiet">${percent(found.get(key) ?? 0, all)}</span></li>`,
    )}</ul>`;
}

function timePicture(overTime: Series, range: TimeRange, all: number): Html {
  const layers = places.map(({ key, word }) => ({ key, word }));
  const used = layers.filter(({ key }) => overTime.steps.some((step) => (step.calls.get(key) ?? 0) > 0));
  const label = `Calls by ${overTime.size}, stacked by what became of them: ${calls(all)} in ${overTime.steps.length} ${overTime.size}s. The table below says the same.`;
  const rows = overTime.steps
    .filter((step) => step.calls.size > 0)
    .map((step) => [
      stepWords(step.at, overTime.size),
      count([...step.calls.values()].reduce((one, other) => one + other, 0)),
      ...used.map(({ key }) => count(step.calls.get(key) ?? 0)),
    ]);
  return html`${pictured(
    stackedBars(label, overTime, layers),
    table({
      caption: `Calls by ${overTime.size}; those without calls are left out`,
      columns: [
        { title: overTime.size === 'hour' ? 'Hour' : overTime.size === 'day' ? 'Day' : 'Week from' },
        { title: 'Calls', number: true },
        ...used.map(({ word }) => ({ title: word, number: true })),
      ],
      rows,
      empty: 'No calls.',
    }),
  )}${range.step === 'day' && html`<p class="quiet">Above 35 days, days begin at 00:00 UTC.</p>`}`;
}

function by(
  dimension: Shown & CountDimension,
  title: string,
  column: string,
  data: HistoryData,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const all = totals(data[dimension]);
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
        count(row.calls),
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
  })}</section>`;
}

/** With a link to the calls, unless the address would tell a number that is masked. */
function valueCell(dimension: Shown, value: string, range: TimeRange, numbers: PageNumbers): Html {
  if (dimension === 'called') {
    const words = /\d/.test(value)
      ? numbers.number(value)
      : html`<span class="quiet">not a public number</span>`;
    return numbers.whole && value.startsWith('+')
      ? html`<a href="${address('/calls', { ...range.query, called: value })}">${words}</a>`
      : words;
  }
  // A signer writes its name itself; rules and reasons are ours.
  const shown = dimension === 'signer' ? numbers.text(value) : value;
  const words = said(valueWords(dimension, shown));
  const known = shown === value && (dimension !== 'attestation' || /^[ABC]$/.test(value));
  return known
    ? html`<a href="${address('/calls', { ...range.query, [dimension]: value })}">${words}</a>`
    : words;
}

function weekPicture(rows: readonly CountRow[], range: TimeRange): Html {
  if (range.step === 'day')
    return html`<p class="empty">Counted by day above 35 days: choose a shorter time to see the hours of the week.</p>`;
  const week = hoursOfWeek(rows);
  const busiest = week
    .flatMap((day, weekday) => day.map((number, hour) => ({ number, weekday, hour })))
    .reduce((one, other) => (other.number > one.number ? other : one));
  const label = `Calls by weekday and hour. Most, ${calls(busiest.number)}, on ${weekdays[busiest.weekday]} from ${busiest.hour}:00. The table below says the same.`;
  const isPart = range.until - range.since < 7 * 86_400_000;
  return html`${pictured(heatMap(label, week, isPart ? hoursIn(range) : null), heatTable(week))}${isPart && html`<p class="quiet">Hours outside of this time are left blank; 7 days or more fill the week.</p>`}`;
}
