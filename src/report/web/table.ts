import { basename } from 'node:path';
import { count } from '../../call/sentences.ts';
import { type Html, type HtmlValue, html } from './html.ts';
import type { RuleView } from './page-deps.ts';

export interface Column {
  readonly title: string;
  /** Right-aligned, with digits under each other. */
  readonly number?: boolean;
  /** No wider than what it holds. */
  readonly narrow?: boolean;
  /** Sentences: wide enough to be read. */
  readonly words?: boolean;
  /** Left out on a narrow screen: what it tells is said elsewhere too. */
  readonly wide?: boolean;
}

export interface Table {
  /** Says what the table is; read out, and shown unless hidden. */
  readonly caption: string;
  readonly captionHidden?: boolean;
  readonly columns: readonly Column[];
  /** The first cell of a row is its heading. */
  readonly rows: readonly (readonly HtmlValue[])[];
  /** In place of a table without rows. */
  readonly empty: string;
}

/** A plain table in a place that scrolls by itself, so that the page never scrolls sideways. */
export function table({ caption, captionHidden, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const classes = columns.map(({ number, narrow, words, wide }) =>
    [number && 'n', narrow && 'narrow', words && 'words', wide && 'wide'].filter(Boolean).join(' '),
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption${captionHidden && html` class="visually-hidden"`}>${caption}</caption>
<thead><tr>${columns.map(({ title }, at) => (title === '' ? html`<td class="${classes[at]}"></td>` : html`<th scope="col" class="${classes[at]}">${title}</th>`))}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, at) =>
        at === 0
          ? html`<th scope="row" class="${classes[at]}">${cell}</th>`
          : html`<td class="${classes[at]}">${cell}</td>`,
      )}</tr>\n`,
  )}</tbody>
</table></div>`;
}

/** A picture and the same as a table, which is folded away. */
export function pictured(picture: Html, asTable: Html): Html {
  return html`${picture}<details class="as-table"><summary>As a table</summary>${asTable}</details>`;
}

/** Name and value pairs. */
export function facts(pairs: readonly (readonly [name: string, value: HtmlValue])[]): Html {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== false);
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** File and line of a rule; its folder is the same for all, and told on demand. */
export function placeInFile({ place }: Pick<RuleView, 'place'>): Html {
  return html`<span class="place-in-file" title="${place.file}:${place.line}">${basename(place.file)}:${place.line}</span>`;
}

/** A number of calls that leads to them; none leads nowhere. */
export function linked(calls: number, href: string): HtmlValue {
  return calls === 0 ? '0' : html`<a href="${href}">${count(calls)}</a>`;
}
