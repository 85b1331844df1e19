import { calls as callWords, count } from '../../../../call/sentences.ts';
import type { Unproven } from '../../../../policy/diff/policy-diff.ts';
import type { Problem } from '../../../../policy/problem.ts';
import type { ChangedCalls, FileChange, RecordedFlips, RuleChange } from '../../../../policy/rule-change.ts';
import { type Html, type HtmlValue, html } from '../../html.ts';
import { heading } from '../../layout.ts';
import type { PageNumbers } from '../../page-numbers.ts';
import { table } from '../../table.ts';
import { minute, moment } from '../../times.ts';
import {
  changeAddress,
  fileWords,
  kindWords,
  listWords,
  resultWords,
  summaryWords,
  whoWords,
} from './change-words.ts';

const shownAtOnce = 50;

/** All changes that are kept, a page of them at a time. */
export function ruleChangesPage(changes: readonly RuleChange[], from: number, numbers: PageNumbers): Html {
  const shown = changes.slice(from, from + shownAtOnce);
  const link = (at: number, words: string) =>
    html`<a href="/rules/changes${at > 0 && html`?from=${at}`}">${words}</a>`;
  return html`<p class="crumbs"><a href="/rules">Rules</a></p>
${heading('Rule changes', 'Each policy that came into force and each that was refused: who changed it, and what calls it changes.')}
${changesTable(shown, numbers)}
${changes.length > shownAtOnce && html`<nav class="paging" aria-label="Changes">${from > 0 && link(Math.max(0, from - shownAtOnce), 'Newer')}${from + shownAtOnce < changes.length && link(from + shownAtOnce, 'Older')}</nav>`}
<p class="quiet">The last 200 are kept.</p>`;
}

export function changesTable(changes: readonly RuleChange[], numbers: PageNumbers): Html {
  return table({
    caption: 'Rule changes, newest first',
    captionHidden: true,
    columns: [
      { title: 'When' },
      { title: 'Result', wide: true },
      { title: 'What changed', words: true },
      { title: 'By', words: true },
    ],
    rows: changes.map((change) => {
      const summary = summaryWords(change);
      return [
        html`<a href="${changeAddress(change)}">${minute(change.at)}</a>${!change.ok && html`<span class="under bad">refused</span>`}`,
        resultWords(change),
        change.ok ? summary : numbers.words(change.problems[0]?.message ?? ''),
        whoWords(change),
      ];
    }),
    empty: 'No change yet.',
  });
}

/** One change: who, why it was refused, the diff, and which calls fare otherwise. Null: there is no such change. */
export function ruleChangePage(change: RuleChange | null, numbers: PageNumbers): Html {
  if (change === null)
    return html`${heading('No such change', 'It is too long ago, or there was none.')}<p><a href="/rules/changes">Rule changes</a></p>`;
  const { found, ok, problems, problemCount } = change;
  const { commit } = found;
  return html`<p class="crumbs"><a href="/rules">Rules</a> / <a href="/rules/changes">Changes</a></p>
<div class="heading"><div><h1>${ok ? 'Rule change' : 'Refused rules'}</h1><p class="about">${moment(change.at)}, ${whoWords(change)}</p></div></div>
<p>${resultWords(change)}</p>
${commit !== null && html`<p class="quiet">Commit: ${numbers.words(commit.subject)}</p>`}
${!ok && html`<section aria-labelledby="h-why"><h2 id="h-why">Why it was refused</h2>${problemList(problems, numbers)}${problemCount > problems.length && html`<p class="quiet">and ${count(problemCount - problems.length)} more</p>`}</section>`}
${
  ok &&
  change.before !== '' &&
  html`<section aria-labelledby="h-calls"><h2 id="h-calls">Which calls fare otherwise</h2>${known(found.calls, (calls) => changedCalls(calls, numbers))}</section>
<section aria-labelledby="h-recorded"><h2 id="h-recorded">Recorded calls, decided again</h2>${known(found.recorded, (flips) => recorded(flips))}</section>`
}
<section aria-labelledby="h-files"><h2 id="h-files">${ok ? 'Rule files' : 'Rule files, compared with those in force'}</h2>${known(found.files, (files) => fileDiffs(files, change, numbers))}</section>`;
}

function known<T extends object>(
  found: T | 'pending' | 'none' | { readonly failed: string },
  shown: (found: T) => Html,
): Html {
  if (found === 'none') return html`<p class="empty">There is nothing to compare.</p>`;
  if (found === 'pending')
    return html`<p class="notice" role="status">This is being found out in the background. Reload the page in a minute.</p>`;
  if ('failed' in found) return html`<p class="notice warn">Not known: ${found.failed}.</p>`;
  return shown(found);
}

function changedCalls(found: ChangedCalls, numbers: PageNumbers): Html {
  const { same, kinds, kindsInAll, unproven, unprovenInAll, lists, monitor, heard } = found;
  const text = (words: string) => numbers.words(words);
  if (same) return html`<p class="notice good">Nothing changes: proven for every call.</p>`;
  return html`${
    kindsInAll === 0 && unprovenInAll === 0
      ? html`<p class="notice good">No call fares otherwise, by proof.</p>`
      : table({
          caption: kindWords(kindsInAll),
          columns: [
            { title: 'Before', words: true },
            { title: 'Now', words: true },
            { title: 'Such as a call', words: true },
          ],
          rows: kinds.map(({ before, after, words, today }) => [
            html`<code>${before.rule}</code><span class="under">${text(before.fate)}</span>`,
            html`<code>${after.rule}</code><span class="under">${text(after.fate)}</span>`,
            html`${text(words)}${!today && html`<span class="under">only once a number stands on other lists</span>`}`,
          ]),
          empty: 'No such call was found.',
        })
  }${kindsInAll > kinds.length && html`<p class="quiet">and ${count(kindsInAll - kinds.length)} more</p>`}
${list('Lists', lists.map(listWords))}
${list(
  'Rules in monitor mode, which decide nothing',
  monitor.map(({ rule, change }) => html`<code>${rule}</code>: ${monitorWords[change]}`),
)}
${list(
  'Settings, prompts and trunks',
  heard.map(
    ({ of, name, before, after }) =>
      html`${of} ${name}: ${text(before ?? 'not set')} → ${text(after ?? 'not set')}`,
  ),
)}
${list(
  `Not proven to be the same${unprovenInAll > unproven.length ? ` (${count(unprovenInAll)} pairs of rules)` : ''}`,
  unproven.map(
    ({ before, after, why }) => html`<code>${before}</code> → <code>${after}</code>: ${whyWords[why]}`,
  ),
)}`;
}

const monitorWords = {
  added: 'added',
  removed: 'removed',
  enforced: 'enforced now',
  'on-trial': 'on trial now',
  changed: 'changed',
} as const;

const whyWords: Readonly<Record<Unproven['why'], string>> = {
  steps: 'the search took too many steps',
  'no-call': 'there may be such calls, and none was found',
  time: 'time was up',
};

function list(title: string, rows: readonly HtmlValue[]): HtmlValue {
  return rows.length > 0 && html`<h3>${title}</h3><ul>${rows.map((row) => html`<li>${row}</li>`)}</ul>`;
}

function recorded({ since, compared, changed, harmed, groups, isWhole }: RecordedFlips): Html {
  if (compared === 0) return html`<p class="empty">There are no recorded calls since ${minute(since)}.</p>`;
  return html`<p>${count(changed)} of ${callWords(compared)} since ${minute(since)} would have another result${!isWhole && ' (there are more calls than these)'}.${harmed > 0 && html` <strong>${callWords(harmed)} of known callers would be worse off.</strong>`}</p>${
    groups.length > 0 &&
    table({
      caption: 'Recorded calls whose result changes',
      captionHidden: true,
      columns: [
        { title: 'Before', words: true },
        { title: 'Now', words: true },
        { title: 'Calls', number: true },
      ],
      rows: groups.map(({ from, to, calls }) => [
        html`<code>${from.rule}</code><span class="under">${from.fate}</span>`,
        html`<code>${to.rule}</code><span class="under">${to.fate}</span>`,
        count(calls),
      ]),
      empty: '',
    })
  }`;
}

function fileDiffs(files: readonly FileChange[], { before }: RuleChange, numbers: PageNumbers): Html {
  if (files.length === 0)
    return html`<p class="empty">${before === '' ? 'There are no older files to compare with.' : 'No rule file differs; lists are counted above.'}</p>`;
  return html`${files.map(
    (file) =>
      html`<h3>${fileWords(file)}</h3>${file.hunks.length > 0 && html`<pre class="diff" tabindex="0" role="region" aria-label="Changes of ${file.path}">${file.hunks.map((hunk) => hunkLines(hunk, numbers))}</pre>`}${!file.isWhole && html`<p class="quiet">The diff is longer; the rest is not shown.</p>`}`,
  )}`;
}

function hunkLines({ from, to, lines }: FileChange['hunks'][number], numbers: PageNumbers): Html {
  return html`<span class="hunk">line ${from} → ${to}</span>
${lines.map((line) => {
  const shown = numbers.text(line.replaceAll('\t', '  '));
  if (line.startsWith('+')) return html`<ins>${shown}</ins>\n`;
  return line.startsWith('-') ? html`<del>${shown}</del>\n` : html`${shown}\n`;
})}`;
}

export function problemList(problems: readonly Problem[], numbers: PageNumbers): Html {
  if (problems.length === 0) return html`<span class="quiet">none</span>`;
  return html`<ul class="problems">${problems.map(
    ({ file, line, column, severity, message, remedy }) =>
      html`<li><span class="place-in-file">${file}:${line}:${column}</span> ${severity}: ${numbers.words(message)}<span class="under">${numbers.words(remedy)}</span></li>`,
  )}</ul>`;
}
