import type { CallRecords, TopCallers, ValueCount } from '../../../../call/call-records.ts';
import { calls, count, percent } from '../../../../call/sentences.ts';
import { challengeResults, dispositions } from '../../../../call/vocabulary.ts';
import { callsAddress, originPath } from '../../address.ts';
import { answered } from '../../answered.ts';
import { type Series, series, stepsOf, sum } from '../../counted.ts';
import { type Html, html, said } from '../../html.ts';
import { rangeHeading } from '../../layout.ts';
import type { PageDeps } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import type { TimeRange } from '../../time-range.ts';
import { stepWords } from '../../times.ts';
import { timePicture } from '../history.ts';
import { exchangeTable, originTable, topCallersTable } from './callers-page.ts';
import { campaignLinks } from './campaign-links.ts';
import { resultTotals } from './result-totals.ts';

export type OriginKind = 'exchange' | 'signer';

const mostCallers = 15;

export interface OriginData {
  readonly results: readonly ValueCount[];
  readonly challenges: readonly ValueCount[];
  readonly campaigns: readonly ValueCount[];
  /** By signer of an exchange, by exchange of a signer. */
  readonly others: readonly ValueCount[];
  readonly top: TopCallers;
  readonly overTime: Series;
  /** Of everybody. */
  readonly all: number;
}

/** @throws NotAnswered */
export async function originData(
  records: CallRecords,
  kind: OriginKind,
  value: string,
  { since, until }: Pick<TimeRange, 'since' | 'until'>,
): Promise<OriginData> {
  const filter = { since, until, [kind]: value };
  const steps = stepsOf(filter);
  const [results, challenges, campaigns, others, top, timeline, everybody] = await answered(
    Promise.all([
      records.counts('where', filter),
      records.counts('challenge', filter),
      records.counts('campaign', filter),
      records.counts(kind === 'exchange' ? 'signer' : 'exchange', filter),
      records.topCallers(filter, mostCallers),
      records.timeline(steps.starts, filter),
      records.counts('where', { since, until }),
    ]),
  );
  const overTime = series(timeline, steps);
  return { results, challenges, campaigns, others, top, overTime, all: sum(everybody) };
}

/** The story of an exchange or of a signer in a time range. */
export function originPage(
  kind: OriginKind,
  value: string,
  data: OriginData,
  range: TimeRange,
  numbers: PageNumbers,
  deps: Pick<PageDeps, 'campaigns'>,
): Html {
  const { results, campaigns, others, top, overTime } = data;
  const name = kind === 'exchange' ? value : numbers.text(value);
  const isLinked = name === value;
  const filters = { [kind]: value };
  const all = sum(results);
  const path = originPath(kind, value);
  const about =
    kind === 'exchange'
      ? 'Calls from one exchange: a block of numbers that one carrier has.'
      : 'Calls that one signer vouched for.';
  return html`<p class="crumbs"><a href="/callers">Callers</a></p>
${rangeHeading(kind === 'exchange' ? `Exchange ${name}` : 'Signer', about, path, range)}
${kind === 'signer' && html`<p class="origin">${said(name)}</p>`}
${
  all === 0
    ? html`<p class="empty">No calls from ${kind === 'exchange' ? 'this exchange' : 'this signer'} in this time range.</p>`
    : html`<p class="story">${story(data, all)}</p>
${resultTotals(results, (where) => (isLinked ? callsAddress(range, { ...filters, where }) : null), isLinked ? callsAddress(range, filters) : null)}
${isLinked && html`<section aria-labelledby="h-time"><h2 id="h-time">Calls by ${overTime.size}</h2>${timePicture(overTime, all, range, filters)}</section>`}
<section aria-labelledby="h-top"><h2 id="h-top">Callers</h2>${topCallersTable('Callers with the most calls', top.callers, range, numbers, kind)}${top.all > top.callers.length && html`<p class="quiet">and ${count(top.all - top.callers.length)} more with fewer calls</p>`}</section>
<div class="two">
<section aria-labelledby="h-others"><h2 id="h-others">${kind === 'exchange' ? 'Signers' : 'Exchanges'}</h2>${kind === 'exchange' ? originTable('signer', others, range, numbers) : exchangeTable(others, range, numbers)}</section>
<section aria-labelledby="h-campaigns"><h2 id="h-campaigns">Campaigns</h2>${campaigns.length === 0 ? html`<p class="quiet">None of these calls belonged to a campaign.</p>` : campaignLinks(campaigns, deps.campaigns?.() ?? [], numbers)}</section>
</div>`
}`;
}

/** `1,400 calls from 812 numbers, 3.1 % of all calls in this time; most (900) in the hour of Tue 3 Mar 15:00. 85 % voicemail. …`. */
function story({ results, challenges, top, overTime, all: everybody }: OriginData, all: number): string {
  const peak = overTime.steps
    .map(({ at, calls: own }) => ({ at, calls: [...own.values()].reduce((one, other) => one + other, 0) }))
    .reduce((one, other) => (other.calls > one.calls ? other : one));
  const numbers = `${count(top.all)} ${top.all === 1 ? 'number' : 'numbers'}`;
  const at = `${{ hour: 'in the hour of', day: 'on', week: 'in the week of' }[overTime.size]} ${stepWords(peak.at, overTime.size)}`;
  return [
    `${calls(all)} from ${numbers}, ${percent(all, everybody)} of all calls in this time; most (${count(peak.calls)}) ${at}.`,
    ...results.slice(0, 1).map(({ value, calls: own }) => {
      const share = own === all ? 'All' : percent(own, all);
      return `${share} ${dispositions.label(value).toLowerCase()}.`;
    }),
    ...challengeWords(challenges),
  ].join(' ');
}

function challengeWords(challenges: readonly ValueCount[]): string[] {
  const asked = sum(challenges);
  if (asked === 0) return [];
  const passed = challenges.find(({ value }) => value === 'passed')?.calls ?? 0;
  const [missed] = challenges.filter(({ value }) => value !== 'passed');
  const most =
    missed === undefined
      ? ''
      : `; ${count(missed.calls)} ${challengeResults.label(missed.value).toLowerCase()}`;
  return [`${passed === 0 ? 'None' : count(passed)} of ${count(asked)} challenges passed${most}.`];
}
