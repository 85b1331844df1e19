import type { CallRecords, TopCaller, TopCallers, ValueCount } from '../../../../call/call-records.ts';
import { calls, count, percent } from '../../../../call/sentences.ts';
import { address, callerAddress, callsAddress, originPath } from '../../address.ts';
import { answered } from '../../answered.ts';
import { cellBar } from '../../charts/plain-bars.ts';
import { sum } from '../../counted.ts';
import { exportLinks } from '../../export-links.ts';
import { type Html, type HtmlValue, html, said } from '../../html.ts';
import { rangeHeading } from '../../layout.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { linked, table } from '../../table.ts';
import type { TimeRange } from '../../time-range.ts';
import { shortMoment } from '../../times.ts';
import { placeMark } from '../call-rows.ts';

const mostCallers = 25;
const mostOrigins = 15;
const mostResults = 3;

export interface CallersData {
  readonly top: TopCallers;
  readonly exchanges: readonly ValueCount[];
  readonly signers: readonly ValueCount[];
}

/** @throws NotAnswered */
export async function callersData(
  records: CallRecords,
  { since, until }: Pick<TimeRange, 'since' | 'until'>,
): Promise<CallersData> {
  const range = { since, until };
  const [top, exchanges, signers] = await answered(
    Promise.all([
      records.topCallers(range, mostCallers),
      records.counts('exchange', range),
      records.counts('signer', range),
    ]),
  );
  return { top, exchanges, signers };
}

export function callersPage(
  { top, exchanges, signers }: CallersData,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  return html`${rangeHeading('Callers', 'Who calls most, from which exchange, and who signed.', '/callers', range)}
<section aria-labelledby="h-top"><h2 id="h-top">Most calls</h2>
${top.all > 0 && html`<p class="quiet">${calls(top.calls)} from ${count(top.all)} ${top.all === 1 ? 'number' : 'numbers'}.</p>`}
${topCallersTable('Callers with the most calls', top.callers, range, numbers)}
${top.all > top.callers.length && html`<p class="quiet">and ${count(top.all - top.callers.length)} more with fewer calls</p>`}${exportLinks('callers', range.query)}</section>
<div class="two">
<section aria-labelledby="h-exchanges"><h2 id="h-exchanges">Exchanges</h2>${exchangeTable(exchanges, range, numbers)}${numbers.whole && exportLinks('exchange', range.query)}</section>
<section aria-labelledby="h-signers"><h2 id="h-signers">Signers</h2>${originTable('signer', signers, range, numbers)}${exportLinks('signer', range.query)}</section>
</div>`;
}

/** Callers, each leading to a page of its own. `of`: what all of them have in common is left out. */
export function topCallersTable(
  caption: string,
  callers: readonly TopCaller[],
  range: TimeRange,
  numbers: PageNumbers,
  of: 'exchange' | 'signer' | null = null,
): Html {
  const origins = (['exchange', 'signer'] as const).filter(
    (kind) => kind !== of && (kind !== 'exchange' || numbers.whole),
  );
  return table({
    caption,
    captionHidden: true,
    columns: [
      { title: 'Caller' },
      { title: 'Calls', number: true },
      ...origins.map((kind) => ({ title: kind === 'exchange' ? 'Exchange' : 'Signer', wide: true })),
      { title: 'Results' },
      { title: 'Last call', wide: true },
    ],
    rows: callers.map((one) => {
      const links = origins.map((kind) =>
        kind === 'exchange'
          ? exchangeLink(one.exchange, range, numbers)
          : signerLink(one.signer, range, numbers),
      );
      const known = origins.flatMap((kind, at) => (one[kind] === null ? [] : [links[at]]));
      const search = (filters: Readonly<Record<string, string>> = {}) =>
        numbers.whole ? callsAddress(range, { caller: one.caller, ...filters }) : null;
      return [
        html`<a href="${callerAddress(one.latest)}">${numbers.number(one.caller, one.latest)}</a>${known.map((link) => html`<span class="under on-phone">${link}</span>`)}`,
        linkedIf(search(), count(one.calls)),
        ...links,
        results(one, search),
        shortMoment(one.lastAt),
      ];
    }),
    empty: 'No calls from a known number in this time range.',
  });
}

function linkedIf(href: string | null, words: string): HtmlValue {
  return href === null ? words : html`<a href="${href}">${words}</a>`;
}

function results(
  { results: all }: TopCaller,
  search: (filters: Readonly<Record<string, string>>) => string | null,
): Html {
  const left = sum(all.slice(mostResults));
  return html`<ul class="results">${all.slice(0, mostResults).map((row) => html`<li>${placeMark(row.value)} <span class="n">${linkedIf(search({ where: row.value }), count(row.calls))}</span></li>`)}${left > 0 && html`<li class="quiet">${count(left)} others</li>`}</ul>`;
}

/** Beside a masked number an exchange would tell most of it. */
export function exchangeLink(exchange: string | null, range: TimeRange, numbers: PageNumbers): HtmlValue {
  if (exchange === null || !numbers.whole) return html`<span class="quiet">–</span>`;
  return html`<a class="number" href="${originAddress('exchange', exchange, range)}">${exchange}</a>`;
}

/** Never a link that would reveal a masked number: a signer writes its name itself. */
export function signerLink(signer: string | null, range: TimeRange, numbers: PageNumbers): HtmlValue {
  if (signer === null) return html`<span class="quiet">unsigned</span>`;
  const words = numbers.text(signer);
  if (words !== signer) return said(words);
  return html`<a href="${originAddress('signer', signer, range)}">${said(words)}</a>`;
}

function originAddress(kind: 'exchange' | 'signer', value: string, { query }: TimeRange): string {
  return address(originPath(kind, value), { ...query });
}

export function exchangeTable(rows: readonly ValueCount[], range: TimeRange, numbers: PageNumbers): Html {
  if (numbers.whole) return originTable('exchange', rows, range, numbers);
  return html`<p class="quiet">Exchanges require the analyst role: beside a masked number they would tell most of it.</p>`;
}

export function originTable(
  kind: 'exchange' | 'signer',
  rows: readonly ValueCount[],
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const all = sum(rows);
  const shown = rows.slice(0, mostOrigins);
  const left = rows.length - shown.length;
  const mayLink = (value: string) => kind === 'exchange' || numbers.text(value) === value;
  return html`${table({
    caption: kind === 'exchange' ? 'Exchanges with the most calls' : 'Signers with the most calls',
    captionHidden: true,
    columns: [
      { title: kind === 'exchange' ? 'Exchange' : 'Signer' },
      { title: 'Calls', number: true },
      { title: 'Share', number: true },
      { title: '', wide: true },
    ],
    rows: shown.map(({ value, calls: own }) => [
      kind === 'exchange' ? exchangeLink(value, range, numbers) : signerLink(value, range, numbers),
      mayLink(value) ? linked(own, callsAddress(range, { [kind]: value })) : count(own),
      percent(own, all),
      cellBar(own, shown[0]?.calls ?? 1),
    ]),
    empty: kind === 'exchange' ? 'No calls from a known exchange.' : 'No signed calls.',
  })}${left > 0 && html`<p class="quiet">and ${count(left)} more with fewer calls</p>`}`;
}
