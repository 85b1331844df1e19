import { dirname } from 'node:path';
import type { CallRecords, ChangedVerdict, ValueCount } from '../../../../call/call-records.ts';
import { calls, count, percent } from '../../../../call/sentences.ts';
import { callsAddress } from '../../address.ts';
import { answered } from '../../answered.ts';
import { cellBar } from '../../charts/plain-bars.ts';
import { sum } from '../../counted.ts';
import { exportLinks } from '../../export-links.ts';
import { type Html, type HtmlValue, html, said } from '../../html.ts';
import { rangeHeading } from '../../layout.ts';
import type { CasesView, PolicyView } from '../../page-deps.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { linked, placeInFile, table } from '../../table.ts';
import type { TimeRange } from '../../time-range.ts';
import { moment, span } from '../../times.ts';
import { changesTable, problemList } from './rule-changes.ts';
import type { RuleHistory } from './rule-views.ts';
import { tryForm } from './try-call.ts';

/** Of the history of the rules. */
const changesShown = 5;

export interface RulesData {
  readonly hits: readonly ValueCount[];
  readonly monitored: readonly ValueCount[];
  readonly changes: readonly ChangedVerdict[];
}

/** @throws NotAnswered */
export async function rulesData(records: CallRecords, { since, until }: TimeRange): Promise<RulesData> {
  const range = { since, until };
  const [hits, monitored, changes] = await answered(
    Promise.all([
      records.counts('rule', range),
      records.counts('monitored', range),
      records.changedVerdicts(range),
    ]),
  );
  return { hits, monitored, changes };
}

export interface RulesShown {
  /** Null: the records are unavailable; the rules are shown without counts. */
  readonly data: RulesData | null;
  readonly policy: PolicyView;
  readonly range: TimeRange;
  readonly numbers: PageNumbers;
  readonly now: number;
  readonly history?: RuleHistory | undefined;
  readonly canTry: boolean;
}

export function rulesPage({ data, policy, range, numbers, now, history, canTry }: RulesShown): Html {
  const status = policy.status();
  const folder = policy.rules().map(({ place }) => dirname(place.file))[0];
  return html`${rangeHeading('Rules', 'How often each rule decided, what monitored rules would have changed, and recent reloads.', '/rules', range)}
<p>In force for ${span(now - status.loadedAt)}, policy <code>${status.version}</code>${folder !== undefined && html`, read from <code>${folder}</code>`}.</p>
${status.standIn && html`<div class="notice warn"><p><strong>The rules were refused at startup.</strong> ${status.standIn.keptAt === null ? 'They are in force without the content of their feeds.' : html`The policy accepted on ${moment(status.standIn.keptAt)} is in force instead.`}</p></div>`}${status.kept?.error && html`<p class="notice warn">Failed to save the policy in force for the next start: ${status.kept.error}</p>`}
${status.refused !== null && html`<div class="notice warn"><p><strong>The rule files were refused on ${moment(status.refused.at)}.</strong> The policy above stays in force until they are fixed.</p>${problemList(status.refused.problems, numbers)}</div>`}
${data === null && html`<p class="notice warn" role="alert"><strong>Redis is not responding</strong>, so rule counts cannot be shown. Calls are still screened.</p>`}
${canTry && html`<details class="fold"><summary>Try a call</summary>${tryForm()}</details>`}
${
  history !== undefined &&
  html`<section aria-labelledby="h-changes"><h2 id="h-changes">Latest changes</h2>${changesTable(history.all().slice(0, changesShown), numbers)}${history.all().length > changesShown && html`<p class="export"><a href="/rules/changes">All changes</a></p>`}</section>`
}
<section aria-labelledby="h-hits"><h2 id="h-hits">Rules, in order</h2>${hitTable(data, policy, range)}${exportLinks('rules', range.query)}</section>
${data !== null && html`<section aria-labelledby="h-flips"><h2 id="h-flips">Monitored rules</h2>${flips(data, policy, range)}${exportLinks('monitored', range.query)}</section>`}
<section aria-labelledby="h-cases"><h2 id="h-cases">Test cases</h2>${cases(policy.cases(), numbers)}</section>
<section id="reloads" aria-labelledby="h-reloads"><h2 id="h-reloads">Reloads</h2>${reloads(status.reloads, numbers)}${exportLinks('reloads')}</section>`;
}

function hitTable(data: RulesData | null, policy: PolicyView, range: TimeRange): Html {
  const found = new Map(data === null ? [] : data.hits.map(({ value, calls: hits }) => [value, hits]));
  const all = data === null ? 0 : sum(data.hits);
  const most = Math.max(1, ...found.values());
  const rules = policy.rules();
  const gone = [...found.keys()].filter((id) => !rules.some((rule) => rule.id === id));
  const cells = (id: string) => {
    const hits = found.get(id) ?? 0;
    return data === null
      ? ['–', '–', null]
      : [linked(hits, callsAddress(range, { rule: id })), percent(hits, all), cellBar(hits, most)];
  };
  const link = (id: string) => html`<a href="${callsAddress(range, { rule: id })}"><code>${id}</code></a>`;
  return table({
    caption: 'Rules in order of evaluation',
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
        html`${link(id)}<span class="under">no longer in the rules</span>`,
        ...cells(id),
        null,
      ]),
    ],
    empty: 'There are no rules.',
  });
}

function flips(data: RulesData, policy: PolicyView, range: TimeRange): Html {
  const matched = new Map(data.monitored.map(({ value, calls: hits }) => [value, hits]));
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
      linked(matched.get(id) ?? 0, callsAddress(range, { monitored: id })),
      changeWords(id, data.changes, range),
    ]),
    empty: 'No monitored rules. Set mode: monitor on a rule to see its effect before it applies.',
  })}`;
}

/** `connect → challenge: 12 calls`, most first. */
function changeWords(id: string, changes: readonly ChangedVerdict[], range: TimeRange): HtmlValue {
  const own = changes.filter(({ rule }) => rule === id);
  if (own.length === 0) return 'nothing';
  return own.map(
    ({ was, would, calls: number }, at) =>
      html`${at > 0 && '; '}${was} → ${would}: <a href="${callsAddress(range, { monitored: id, verdict: was, would })}">${calls(number)}</a>`,
  );
}

function cases(view: CasesView | null, numbers: PageNumbers): Html {
  if (view === null)
    return html`<p class="quiet">Not run by this process. Run <code>gatehouse test</code>.</p>`;
  const { passed, skipped, failed, at } = view;
  const all = passed + failed.length;
  if (all + skipped === 0)
    return html`<p class="quiet">The rules have no test cases. Add some in <code>cases/</code>; they run on every reload.</p>`;
  const verdict =
    failed.length === 0
      ? html`All ${count(passed)} test cases pass`
      : html`<strong>${count(failed.length)} of ${count(all)} test cases fail</strong>`;
  return html`<p>${verdict}${skipped > 0 && `, ${count(skipped)} skipped`}; last run ${moment(at)}.</p>${
    failed.length > 0 &&
    table({
      caption: 'Failed test cases',
      columns: [{ title: 'Case' }, { title: 'Actual result', words: true }, { title: 'Where', wide: true }],
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
    caption: 'Recent reloads, newest first',
    captionHidden: true,
    columns: [{ title: 'When' }, { title: 'Result', words: true }, { title: 'Problems', words: true }],
    rows: records.map((reload) => [
      moment(reload.at),
      reload.ok
        ? reload.version === reload.before
          ? 'reloaded; no change'
          : html`<span class="nowrap">${reload.before} → ${reload.version}</span>`
        : html`<strong>refused</strong>, ${reload.version} stays in force`,
      html`${problemList(reload.problems, numbers)}${reload.problemCount > reload.problems.length && html`<p class="quiet">and ${count(reload.problemCount - reload.problems.length)} more: run <code>gatehouse check</code> to see all</p>`}`,
    ]),
    empty: 'No reloads yet.',
  });
}
