import { count } from '../../../../call/sentences.ts';
import type { ReloadCause } from '../../../../policy/policy-status.ts';
import type { ChangedCalls, RuleChange } from '../../../../policy/rule-change.ts';
import { type Html, type HtmlValue, html, said } from '../../html.ts';

export function changeAddress({ id }: Pick<RuleChange, 'id'>): string {
  return `/rules/changes/${encodeURIComponent(id)}`;
}

/** Who or what changed the rules: who asked, else who committed the files. */
export function whoWords({ causes, found, before, ok }: RuleChange): Html {
  const { commit } = found;
  if (ok && before === '') return html`first policy known here`;
  const asked = causes.filter((cause) => cause.by !== 'files');
  const of = commit !== null && html`<span class="under">commit <code>${commit.id}</code></span>`;
  if (asked.length === 0 && commit !== null) return html`${said(commit.author)}${of}`;
  const words = (asked.length > 0 ? asked : [{ by: 'files' } as const]).map(causeWords);
  return html`${words.map((one, at) => html`${at > 0 && '; '}${one}`)}${of}`;
}

function causeWords(cause: ReloadCause): Html {
  switch (cause.by) {
    case 'files':
      return html`files changed`;
    case 'start':
      return html`found at the start of Gatehouse`;
    case 'signal':
      return html`reload by the service manager`;
    case 'feed':
      return html`feed ${cause.list} brought new content`;
    case 'request':
      return html`${said(cause.who)}, gatehouse reload`;
    case 'list-edit':
      return html`${said(cause.who)}, list ${cause.list} in the browser`;
  }
}

/** What came of it: `5f2d → 8c1a`. */
export function resultWords({ ok, before, version }: RuleChange): Html {
  if (!ok) return html`<strong>refused</strong>; <code>${version}</code> stays in force`;
  return before === ''
    ? html`<code>${version}</code>`
    : html`<span class="nowrap"><code>${before}</code> → <code>${version}</code></span>`;
}

/** In a few words what changed, for lists of changes. */
export function summaryWords({ found, ok, problems, problemCount }: RuleChange): HtmlValue {
  const { files, calls, recorded } = found;
  if (!ok)
    return html`${problems[0]?.message ?? 'see the change'}${problemCount > 1 && ` (and ${problemCount - 1} more)`}`;
  const parts: string[] = [];
  if (Array.isArray(files)) parts.push(...files.slice(0, 3).map(fileWords));
  if (files === 'pending' || calls === 'pending') parts.push('being compared');
  if (typeof calls === 'object') parts.push('failed' in calls ? 'calls not compared' : callsWords(calls));
  if (typeof recorded === 'object' && !('failed' in recorded) && recorded.compared > 0)
    parts.push(`${count(recorded.changed)} of ${count(recorded.compared)} recorded calls would change`);
  return parts.length === 0 ? html`<span class="quiet">–</span>` : parts.join('; ');
}

export function fileWords({
  path,
  change,
  linesAdded,
  linesRemoved,
}: {
  path: string;
  change: string;
  linesAdded: number;
  linesRemoved: number;
}): string {
  if (change !== 'changed') return `${path} ${change}`;
  return `${path} +${count(linesAdded)} −${count(linesRemoved)}`;
}

function callsWords(found: ChangedCalls): string {
  if (found.same) return 'no call fares otherwise';
  const { kindsInAll, lists, unprovenInAll } = found;
  const rows = lists.map(listWords);
  if (kindsInAll === 0 && unprovenInAll === 0) return [...rows, 'no call fares otherwise today'].join('; ');
  return [...rows, kindWords(kindsInAll)].join('; ');
}

export function kindWords(kinds: number): string {
  return kinds === 1 ? '1 kind of call fares otherwise' : `${count(kinds)} kinds of calls fare otherwise`;
}

export function listWords({
  list,
  declared,
  added,
  removed,
  changed,
  rowsBefore,
  rowsAfter,
}: ChangedCalls['lists'][number]): string {
  if (declared === 'added') return `new list ${list} (${count(rowsAfter)} rows)`;
  if (declared === 'removed') return `list ${list} gone (${count(rowsBefore)} rows)`;
  const parts = [
    added > 0 && `+${count(added)}`,
    removed > 0 && `−${count(removed)}`,
    changed > 0 && `${count(changed)} changed`,
  ];
  return `${list} ${parts.filter(Boolean).join(' ')}`;
}
