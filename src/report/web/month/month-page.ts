import { type MonthReport, monthRows, monthSummary } from '../../../call/impact/month-figures.ts';
import { calls, count } from '../../../call/sentences.ts';
import { dispositions } from '../../../call/vocabulary.ts';
import { monthAfter, monthWords } from '../../../text/month.ts';
import { address, exactTime } from '../address.ts';
import { stackedBars } from '../charts/stacked-bars.ts';
import { type Series, sum } from '../counted.ts';
import { type Html, html, said } from '../html.ts';
import { heading } from '../layout.ts';
import { table } from '../table.ts';
import { minute } from '../times.ts';

const mostCampaigns = 5;
/** Low enough for one printed page. */
const pictureHeight = 170;

/** One printed A4 page for a board of directors; on a screen it leads on to the calls. */
export function monthPage(report: MonthReport, overTime: Series): Html {
  const { month, since, until, isOver } = report;
  const range = { since: exactTime(since), until: exactTime(until) };
  const layers = dispositions.words.map((key) => ({ key, word: dispositions.label(key) }));
  return html`<div class="month"><div class="heading"><div class="title"><h1>${monthWords(month)}</h1><p class="about">Call screening at the switchboard${!isOver && html`, up to ${minute(until)}`}</p></div>
<nav class="order" aria-label="Month"><a rel="prev" href="${address('/month', { month: monthAfter(month, -1) })}">${monthWords(monthAfter(month, -1))}</a>${isOver && html`<a rel="next" href="${address('/month', { month: monthAfter(month, 1) })}">${monthWords(monthAfter(month, 1))}</a>`}<button type="button" data-print hidden>Print, or save as PDF</button></nav></div>
<p class="summary">${monthSummary(report)}</p>
<section aria-labelledby="h-figures"><h2 id="h-figures">Figures</h2>${figures(report)}</section>
<section aria-labelledby="h-days"><h2 id="h-days">Calls by day</h2>${
    sum(overTime.steps.flatMap((step) => [...step.calls.values()].map((number) => ({ calls: number })))) === 0
      ? html`<p class="empty">No calls in this month.</p>`
      : stackedBars(
          `Calls by day of ${monthWords(month)}, stacked by result: ${calls(report.now.calls)}.`,
          overTime,
          layers,
          (step) => address('/calls', { since: exactTime(step.at), until: exactTime(step.until) }),
          { height: pictureHeight },
        )
  }</section>
<section aria-labelledby="h-campaigns"><h2 id="h-campaigns">Campaigns</h2>${campaigns(report)}</section>
<p class="quiet on-screen"><a href="${address('/history', range)}">This month in History</a> · <a href="${address('/harm', range)}">People possibly harmed</a> · <a href="/campaigns">All campaigns</a></p></div>`;
}

function figures(report: MonthReport): Html {
  const { before, month } = report;
  const earlier = monthWords(monthAfter(month, -1));
  return html`${table({
    caption: `Figures of ${monthWords(month)}`,
    captionHidden: true,
    columns: [
      { title: '' },
      { title: monthWords(month), number: true },
      ...(before === null
        ? []
        : [
            { title: earlier, number: true },
            { title: 'Change', number: true },
          ]),
    ],
    rows: monthRows(report).map(({ words, about, now, before: then, change }) => [
      html`${words}${about !== null && html`<span class="under">${about}</span>`}`,
      html`<strong>${now}</strong>`,
      ...(before === null ? [] : [then, change]),
    ]),
    empty: '',
  })}${before === null && html`<p class="quiet">Nothing is recorded of ${earlier} to compare with.</p>`}`;
}

function campaigns({ campaigns: all }: MonthReport): Html {
  return html`${table({
    caption: 'Campaigns that were active',
    captionHidden: true,
    columns: [
      { title: 'Campaign' },
      { title: 'Calls', number: true },
      { title: 'Numbers', number: true },
      { title: 'First call' },
    ],
    rows: all
      .slice(0, mostCampaigns)
      .map(({ name, calls: own, numbers, startedAt }) => [
        said(name),
        count(own),
        count(numbers),
        minute(startedAt),
      ]),
    empty: 'No campaign was recognized.',
  })}${all.length > mostCampaigns && html`<p class="quiet">and ${count(all.length - mostCampaigns)} more with fewer calls</p>`}`;
}

/** @param asked as it was typed */
export function noSuchMonth(asked: string): Html {
  return html`${heading('No such month', 'Write a month that has begun as 2026-10.')}
<p>${said(asked.slice(0, 20))}</p><p><a href="/month">The last month</a></p>`;
}
