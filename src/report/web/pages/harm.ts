import type { CallRecords, CountRow } from '../../call-records.ts';
import { cellParts, plainBars } from '../charts/plain-bars.ts';
import { totals } from '../counted.ts';
import { countsIn } from '../counts-in.ts';
import { answered } from '../deadline.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { ListsView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { pictured, table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { challengeWords, count, languageWords, percent } from '../words.ts';
import { type LaterKnown, laterKnown, laterKnownTable } from './later-known.ts';

const results = ['passed', 'failed', 'silent', 'gave-up'] as const;
type Result = (typeof results)[number];
const by = ['language', 'called', 'attestation'] as const;
type By = (typeof by)[number];

export interface HarmData {
  readonly challenge: readonly CountRow[];
  readonly quitSecond: readonly CountRow[];
  readonly crossed: Readonly<Record<By, readonly CountRow[]>>;
  readonly later: LaterKnown;
}

const mostRows = 25;
/** Later seconds are one bar: no prompt is longer. */
const lastSecond = 30;
/** Seconds that are always shown: two bars alone would not look like a course of time. */
const shortestAxis = 10;

/** @throws NotAnswered */
export async function harmData(
  records: CallRecords,
  lists: ListsView,
  range: TimeRange,
  now: number,
): Promise<HarmData> {
  const [challenge, quitSecond, language, called, attestation, later] = await answered(
    Promise.all([
      countsIn(records, 'challenge', range),
      countsIn(records, 'quit-second', range),
      records.harm('language', range),
      records.harm('called', range),
      records.harm('attestation', range),
      laterKnown(records, lists, range, now),
    ]),
  );
  return { challenge, quitSecond, crossed: { language, called, attestation }, later };
}

export function harmPage(data: HarmData, range: TimeRange, numbers: PageNumbers): Html {
  const found = byResult(totals(data.challenge));
  const all = results.reduce((sum, result) => sum + found[result], 0);
  return html`${rangeHeading('Callers’ harm', 'What the challenge costs the people who call: who passed, who could not, and who gave up.', '/harm', range)}
${
  all === 0
    ? html`<p class="empty">Nobody was challenged in this time.</p>`
    : html`<ul class="totals"><li><span class="big">${percent(found.passed, all)}</span> pass rate <span class="quiet">of ${count(all)} challenged</span></li>
${results.map((result) => html`<li><span class="big">${count(found[result])}</span> <span class="place"><span class="swatch s-${result}"></span>${challengeWords[result]}</span></li>`)}</ul>
<p class="about spaced">Silence is a robot, or a person who could not press a key. A wrong digit is nearly always a person. Both may leave a message.</p>
<section aria-labelledby="h-quit"><h2 id="h-quit">Hang-ups by second of the prompt</h2>${quitPicture(data.quitSecond)}</section>
${crossTable('By language', 'Language', data.crossed.language, (value) => said(languageWords(value)))}
${crossTable('By attestation', 'Attestation', data.crossed.attestation, (value) => said(/^[ABC]$/.test(value) ? value : 'none'))}
${crossTable('By called number', 'Called', data.crossed.called, (value) => (/\d/.test(value) ? numbers.number(value) : said('not a public number')))}
<section aria-labelledby="h-later"><h2 id="h-later">Not passed, but known later</h2>${laterKnownTable(data.later, numbers)}</section>`
}`;
}

function quitPicture(rows: readonly CountRow[]): Html {
  const seconds = new Map<number, number>();
  for (const { value, calls } of totals(rows)) {
    const second = Math.min(Number(value), lastSecond);
    if (Number.isInteger(second) && second >= 0) seconds.set(second, (seconds.get(second) ?? 0) + calls);
  }
  if (seconds.size === 0)
    return html`<p class="empty">No caller hung up during a challenge in this time.</p>`;
  const last = Math.max(shortestAxis, ...seconds.keys());
  const bars = Array.from({ length: last + 1 }, (_, second) => ({
    label: secondWords(second),
    calls: seconds.get(second) ?? 0,
  }));
  const most = bars.reduce((one, other) => (other.calls > one.calls ? other : one));
  const label = `Callers who hung up, by the second after the prompt began. Most, ${count(most.calls)}, in second ${most.label}. The table below says the same.`;
  return pictured(
    plainBars(
      label,
      bars.map((bar) => ({ ...bar, label: `${bar.label} s` })),
      's-gave-up',
    ),
    table({
      caption: 'Hang-ups by second after the prompt began',
      columns: [{ title: 'Second' }, { title: 'Callers', number: true }],
      rows: bars.filter((bar) => bar.calls > 0).map((bar) => [bar.label, count(bar.calls)]),
      empty: 'Nobody hung up.',
    }),
  );
}

function secondWords(second: number): string {
  return second === lastSecond ? `${second}+` : String(second);
}

function crossTable(
  title: string,
  column: string,
  rows: readonly CountRow[],
  name: (value: string) => Html,
): Html {
  const values = crossed(rows);
  return html`<section><h2>${title}</h2>${table({
    caption: title,
    captionHidden: true,
    columns: [
      { title: column },
      { title: 'Challenged', number: true, wide: true },
      { title: 'Passed', number: true },
      ...results.slice(1).map((result) => ({ title: challengeWords[result], number: true })),
      { title: 'Shares', wide: true },
    ],
    rows: values
      .slice(0, mostRows)
      .map(({ value, found, all }) => [
        html`${name(value)}<span class="under on-phone">${count(all)} challenged</span>`,
        count(all),
        percent(found.passed, all),
        ...results.slice(1).map((result) => percent(found[result], all)),
        cellParts(results.map((key) => ({ key, calls: found[key] }))),
      ]),
    empty: 'Nobody was challenged.',
  })}${values.length > mostRows && html`<p class="quiet">and ${count(values.length - mostRows)} with fewer calls</p>`}</section>`;
}

interface Crossed {
  readonly value: string;
  readonly found: Readonly<Record<Result, number>>;
  readonly all: number;
}

/** `passed|en` → a row of results for each value, most calls first. */
function crossed(rows: readonly CountRow[]): Crossed[] {
  const values = new Map<string, { value: string; calls: number }[]>();
  for (const { value, calls } of totals(rows)) {
    const bar = value.indexOf('|');
    const name = value.slice(bar + 1);
    values.set(name, [...(values.get(name) ?? []), { value: value.slice(0, bar), calls }]);
  }
  return [...values]
    .map(([value, list]) => {
      const found = byResult(list);
      return { value, found, all: results.reduce((sum, result) => sum + found[result], 0) };
    })
    .sort((a, b) => b.all - a.all);
}

function byResult(
  rows: readonly { readonly value: string; readonly calls: number }[],
): Record<Result, number> {
  const found = { passed: 0, failed: 0, silent: 0, 'gave-up': 0 };
  for (const { value, calls } of rows) if (value in found) found[value as Result] += calls;
  return found;
}
