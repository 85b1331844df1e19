import { noValue } from '../../../call/call-filter.ts';
import type { CallRecords, ChallengeCounts, ValueCount } from '../../../call/call-records.ts';
import type { MissedPeople } from '../../../call/impact/missed-people.ts';
import { count, languageWords, percent } from '../../../call/sentences.ts';
import { callImpacts, challengeResults } from '../../../call/vocabulary.ts';
import { callsAddress } from '../address.ts';
import { answered } from '../answered.ts';
import { cellParts, plainBars } from '../charts/plain-bars.ts';
import { exportLinks } from '../export-links.ts';
import { type Html, html, said } from '../html.ts';
import { type AttackTraffic, attackTable, attackTraffic } from '../impact/attack-traffic.ts';
import { newestPeople } from '../impact/people.ts';
import { peopleTable, type Worklist } from '../impact/people-table.ts';
import { rangeHeading } from '../layout.ts';
import type { PageDeps } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { linked, pictured, table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';

const results = challengeResults.words;
type Result = (typeof results)[number];
const by = ['language', 'called', 'attestation'] as const;
type By = (typeof by)[number];

export interface HarmData {
  readonly challenge: readonly ValueCount[];
  readonly quitSecond: readonly ValueCount[];
  readonly crossed: Readonly<Record<By, ChallengeCounts>>;
  readonly people: MissedPeople;
  readonly attack: AttackTraffic;
}

const mostRows = 25;
/** Later seconds are recorded as this one. */
const lastSecond = 60;
/** The axis is never shorter: two bars alone do not look like a timeline. */
const shortestAxis = 10;

/** @throws NotAnswered */
export async function harmData(records: CallRecords, { since, until }: TimeRange): Promise<HarmData> {
  const range = { since, until };
  const [challenge, quitSecond, language, called, attestation, people, attack] = await answered(
    Promise.all([
      records.counts('challenge', range),
      records.counts('quit-second', range),
      records.challenges('language', range, mostRows),
      records.challenges('called', range, mostRows),
      records.challenges('attestation', range, mostRows),
      newestPeople(records, range),
      attackTraffic(records, range),
    ]),
  );
  return { challenge, quitSecond, crossed: { language, called, attestation }, people, attack };
}

export function harmPage(
  data: HarmData,
  work: Omit<Worklist, 'found'>,
  { campaigns = () => [], lists, now }: Pick<PageDeps, 'campaigns' | 'lists' | 'now'>,
  range: TimeRange,
  numbers: PageNumbers,
): Html {
  const found = byResult(data.challenge);
  const all = results.reduce((sum, result) => sum + found[result], 0);
  return html`${rangeHeading('Caller impact', 'What challenges cost callers: who passed, who failed, and who gave up.', '/harm', range)}
${
  all === 0
    ? html`<p class="empty">No caller was challenged in this time range.</p>`
    : html`<ul class="totals"><li><a href="${callsAddress(range, { challenge: 'any' })}"><span class="big">${percent(found.passed, all)}</span> pass rate <span class="quiet">of ${count(all)} challenged</span></a></li>
${results.map((result) => html`<li><a href="${callsAddress(range, { challenge: result })}"><span class="big">${count(found[result])}</span> <span class="place"><span class="swatch s-${result}"></span>${challengeResults.label(result)}</span></a></li>`)}</ul>
<p class="about spaced">A silent caller is a robot, or a person who could not press a key. A caller who pressed a wrong digit is more often a person. Both can leave a message.</p>
<section aria-labelledby="h-people"><h2 id="h-people">People possibly harmed</h2><p class="about spaced">These are ${callImpacts.all.harmed.about}.</p>${peopleTable({ found: data.people, ...work }, range, lists, now(), numbers)}</section>
<section aria-labelledby="h-attack"><h2 id="h-attack">Other calls that did not pass</h2><p class="about spaced">Campaigns, silent and unsigned calls: robots, with few people among them. Likely people are in the table above.</p>${attackTable(data.attack, campaigns(), range, numbers)}</section>
<section aria-labelledby="h-quit"><h2 id="h-quit">Hang-ups by second into the prompt</h2>${quitPicture(data.quitSecond, range)}</section>
${crossTable('language', 'Language', data.crossed, range, (value) => said(languageWords(value)))}
${crossTable('attestation', 'Attestation', data.crossed, range, (value) => said(value))}
${crossTable('called', 'Called number', data.crossed, range, (value) => (value === noValue ? said('not a public number') : numbers.called(value)))}
`
}`;
}

function quitPicture(rows: readonly ValueCount[], range: TimeRange): Html {
  const seconds = new Map<number, number>();
  for (const { value, calls } of rows) {
    const second = Math.min(Number(value), lastSecond);
    if (Number.isInteger(second) && second >= 0) seconds.set(second, (seconds.get(second) ?? 0) + calls);
  }
  if (seconds.size === 0)
    return html`<p class="empty">No caller hung up during a challenge in this time range.</p>`;
  const last = Math.max(shortestAxis, ...seconds.keys());
  const bars = Array.from({ length: last + 1 }, (_, second) => ({
    label: secondWords(second),
    calls: seconds.get(second) ?? 0,
    href: callsAddress(range, { 'quit-second': String(second) }),
  }));
  const most = bars.reduce((one, other) => (other.calls > one.calls ? other : one));
  const label = `Callers who hung up, by second after the prompt started. Peak: ${count(most.calls)} at second ${most.label}. The table below has the same data.`;
  return html`${pictured(
    plainBars(
      label,
      bars.map((bar) => ({ ...bar, label: `${bar.label} s` })),
      's-gave-up',
    ),
    table({
      caption: 'Hang-ups by second after the prompt started',
      columns: [{ title: 'Second' }, { title: 'Callers', number: true }],
      rows: bars.filter((bar) => bar.calls > 0).map((bar) => [bar.label, linked(bar.calls, bar.href)]),
      empty: 'No hang-ups.',
    }),
  )}${exportLinks('hang-ups', range.query)}`;
}

function secondWords(second: number): string {
  return second === lastSecond ? `${second}+` : String(second);
}

function crossTable(
  by: By,
  column: string,
  crossed: HarmData['crossed'],
  range: TimeRange,
  name: (value: string) => Html,
): Html {
  const { values, all: allValues } = crossed[by];
  const title = `By ${column.toLowerCase()}`;
  const share = (value: string, result: Result, part: number, all: number) =>
    part === 0
      ? percent(part, all)
      : html`<a href="${callsAddress(range, { [by]: value, challenge: result })}">${percent(part, all)}</a>`;
  const asked = (value: string) => callsAddress(range, { [by]: value, challenge: 'any' });
  return html`<section><h2>${title}</h2>${table({
    caption: title,
    captionHidden: true,
    columns: [
      { title: column },
      { title: 'Challenged', number: true, wide: true },
      ...results.map((result) => ({ title: challengeResults.label(result), number: true })),
      { title: 'Shares', wide: true },
    ],
    rows: values.map(({ value, results: found, calls: all }) => [
      html`<a href="${asked(value)}">${name(value)}</a><span class="under on-phone">${count(all)} challenged</span>`,
      linked(all, asked(value)),
      ...results.map((result) => share(value, result, found[result], all)),
      cellParts(results.map((key) => ({ key, calls: found[key] }))),
    ]),
    empty: 'No caller was challenged.',
  })}${allValues > values.length && html`<p class="quiet">and ${count(allValues - values.length)} more with fewer calls</p>`}${exportLinks(`challenge-${by}`, range.query)}</section>`;
}

function byResult(
  rows: readonly { readonly value: string; readonly calls: number }[],
): Record<Result, number> {
  const found = { passed: 0, failed: 0, silent: 0, 'gave-up': 0 };
  for (const { value, calls } of rows) if (value in found) found[value as Result] += calls;
  return found;
}
