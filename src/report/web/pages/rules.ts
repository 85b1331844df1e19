import { dirname } from 'node:path';
import type { Problem } from '../../../policy/problem.ts';
import type { CallRecord, CallRecords, CountRow } from '../../call-records.ts';
import { address } from '../address.ts';
import { cellBar } from '../charts/plain-bars.ts';
import { sum, totals } from '../counted.ts';
import { countsIn } from '../counts-in.ts';
import { answered } from '../deadline.ts';
import { type Html, html } from '../html.ts';
import { rangeHeading } from '../layout.ts';
import type { CasesView, PolicyView } from '../page-deps.ts';
import type { PageNumbers } from '../page-numbers.ts';
import { said } from '../said.ts';
import { table } from '../table.ts';
import type { TimeRange } from '../time-range.ts';
import { moment, span } from '../when.ts';
import { calls, count, percent } from '../words.ts';
import { placeInFile } from './rule-place.ts';

export interface RulesData {
  readonly hits: readonly CountRow[];
  readonly monitored: readonly CountRow[];
  /** The newest calls of the time, for flips. */
  readonly latest: readonly CallRecord[];
}

const looked = 200;

/** @throws NotAnswered */
export async function rulesData(records: CallRecords, range: TimeRange): Promise<RulesData> {
  const { since, until } = range;
  const [hits, monitored, page] = await answered(
    Promise.all([
      countsIn(records, 'rule', range),
      countsIn(records, 'monitored', range),
      records.page({ since, until }, null, looked),
    ]),
  );
  return { hits, monitored, latest: page.calls };
}

/** Null data: the records did not answer; the rules themselves are known all the same. */
export function rulesPage(
  data: RulesData | null,
  policy: PolicyView,
  range: TimeRange,
  numbers: PageNumbers,
  now: number,
): Html {
  const status = policy.status();
  const folder = policy.rules().map(({ place }) => dirname(place.file))[0];
  return html`${rangeHeading('Rules', 'How often each rule decided, what monitored rules would have changed, and how reloads went.', '/rules', range)}
<p>Policy <strong>${status.version}</strong>, in force for ${span(now - status.loadedAt)}${folder !== undefined && html`, read from <code>${folder}</code>`}.</p>
${status.refused !== null && html`<div class="notice warn"><p><strong>The rule files were refused ${moment(status.refused.at)}.</strong> The policy above stays in force until they are right.</p>${problemList(status.refused.problems, numbers)}</div>`}
${data === null && html`<p class="notice warn" role="alert"><strong>Redis does not answer</strong>, so hits cannot be shown. Calls are screened.</p>`}
<section aria-labelledby="h-hits"><h2 id="h-hits">Rules, in order</h2>${hitTable(data, policy, range)}</section>
${data !== null && html`<section aria-labelledby="h-flips"><h2 id="h-flips">Monitored rules</h2>${flips(data, policy)}</section>`}
<section aria-labelledby="h-cases"><h2 id="h-cases">Cases</h2>${cases(policy.cases(), numbers)}</section>
<section id="reloads" aria-labelledby="h-reloads"><h2 id="h-reloads">Reloads</h2>${reloads(status.reloads, numbers)}</section>`;
}

function hitTable(data: RulesData | null, policy: PolicyView, range: TimeRange): Html {
  const found = new Map(
    data === null ? [] : totals(data.hits).map(({ value, calls: hits }) => [value, hits]),
  );
  const all = data === null ? 0 : sum(data.hits);
  const most = Math.max(1, ...found.values());
  const rules = policy.rules();
  const gone = [...found.keys()].filter((id) => !rules.some((rule) => rule.id === id));
  const cells = (id: string) => {
    const hits = found.get(id) ?? 0;
    return data === null ? ['–', '–', null] : [count(hits), percent(hits, all), cellBar(hits, most)];
  };
  const link = (id: string) =>
    html`<a href="${address('/calls', { ...range.query, rule: id })}"><code>${id}</code></a>`;
  return table({
    caption: 'Rules in the order in which they are looked at',
    captionHidden: true,
    columns: [
      { title: 'Rule' },
      { title: 'Decided', number: true },
      { title: 'Share', number: true },
      { title: '', wide: true },
      { title: 'File', wide: true },
    ],
    rows: [
      ...rules.map((rule) => [
        html`${link(rule.id)}${rule.mode === 'monitor' && html` <span class="tag">monitored</span>`}${rule.about !== null && html`<span class="under prose">${rule.about}</span>`}`,
        ...cells(rule.id),
        placeInFile(rule),
      ]),
      ...gone.map((id) => [
        html`${link(id)}<span class="under">not in the rules now</span>`,
        ...cells(id),
        null,
      ]),
    ],
    empty: 'There is no rule.',
  });
}

function flips(data: RulesData, policy: PolicyView): Html {
  const matched = new Map(totals(data.monitored).map(({ value, calls: hits }) => [value, hits]));
  const ids = new Set([
    ...policy
      .rules()
      .filter(({ mode }) => mode === 'monitor')
      .map(({ id }) => id),
    ...matched.keys(),
  ]);
  return html`${table({
    caption: 'Monitored rules and what they would have changed',
    captionHidden: true,
    columns: [
      { title: 'Rule' },
      { title: 'Matched', number: true },
      { title: 'Would have changed', words: true },
    ],
    rows: [...ids].map((id) => [
      html`<code>${id}</code>`,
      count(matched.get(id) ?? 0),
      flipWords(id, data.latest),
    ]),
    empty: 'No rule is monitored. Write mode: monitor in a rule to see what it would do before it does it.',
  })}${ids.size > 0 && html`<p class="quiet">Changes are those of the newest ${calls(data.latest.length)} of this time.</p>`}`;
}

/** `connect → challenge 12 calls`, most first; a rule that would have said the same changes nothing. */
function flipWords(id: string, latest: readonly CallRecord[]): string {
  const changes = new Map<string, number>();
  for (const { outcome } of latest) {
    const would = outcome.decision?.monitored.find(({ rule }) => rule === id)?.verdict.kind;
    const was = outcome.decision?.verdict.kind;
    if (would === undefined || was === undefined || would === was) continue;
    changes.set(`${was} → ${would}`, (changes.get(`${was} → ${would}`) ?? 0) + 1);
  }
  if (changes.size === 0) return 'nothing';
  return [...changes]
    .sort((a, b) => b[1] - a[1])
    .map(([change, number]) => `${change}: ${calls(number)}`)
    .join('; ');
}

function cases(view: CasesView | null, numbers: PageNumbers): Html {
  if (view === null)
    return html`<p class="quiet">They have not been run by this process: <code>gatehouse test</code> runs them.</p>`;
  const { passed, skipped, failed, at } = view;
  const all = passed + failed.length;
  if (all + skipped === 0)
    return html`<p class="quiet">The rules have no cases. Write some in <code>cases/</code>: they are run each time the rules are read.</p>`;
  const verdict =
    failed.length === 0
      ? html`All ${count(passed)} cases hold`
      : html`<strong>${count(failed.length)} of ${count(all)} do not hold</strong>`;
  return html`<p>${verdict}${skipped > 0 && `, ${count(skipped)} could not be run`}; last run ${moment(at)}.</p>${
    failed.length > 0 &&
    table({
      caption: 'Cases that do not hold',
      columns: [
        { title: 'Case' },
        { title: 'What came instead', words: true },
        { title: 'Where', wide: true },
      ],
      rows: failed.map((one) => [
        said(one.description),
        numbers.words(one.why),
        html`<span class="place-in-file">${one.place}</span>`,
      ]),
      empty: '',
    })
  }`;
}

function reloads(records: ReturnType<PolicyView['status']>['reloads'], numbers: PageNumbers): Html {
  return table({
    caption: 'The last reloads, newest first',
    captionHidden: true,
    columns: [{ title: 'When' }, { title: 'Result', words: true }, { title: 'Problems', words: true }],
    rows: records.map((reload) => [
      moment(reload.at),
      reload.ok
        ? reload.version === reload.before
          ? 'read; nothing changed'
          : html`<span class="nowrap">${reload.before} → ${reload.version}</span>`
        : html`<strong>refused</strong>, ${reload.version} stayed in force`,
      html`${problemList(reload.problems, numbers)}${reload.problemCount > reload.problems.length && html`<p class="quiet">and ${count(reload.problemCount - reload.problems.length)} more: <code>gatehouse check</code> tells all</p>`}`,
    ]),
    empty: 'The files have not been read again since this process began.',
  });
}

function problemList(problems: readonly Problem[], numbers: PageNumbers): Html {
  if (problems.length === 0) return html`<span class="quiet">none</span>`;
  return html`<ul class="problems">${problems.map(
    ({ file, line, column, severity, message, remedy }) =>
      html`<li><span class="place-in-file">${file}:${line}:${column}</span> ${severity}: ${numbers.words(message)}<span class="under">${numbers.words(remedy)}</span></li>`,
  )}</ul>`;
}
