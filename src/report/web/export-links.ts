import { address } from './address.ts';
import type { ExportName } from './exports.ts';
import { type Html, html } from './html.ts';

/** Links to everything that a table is made of, also what the page leaves out. `query`: time range and filters of the page. */
export function exportLinks(name: ExportName | 'calls', query: Readonly<Record<string, string>> = {}): Html {
  const link = (kind: 'csv' | 'json', words: string) =>
    html`<a href="${address(`/export/${name}.${kind}`, query)}" download>${words}<span class="visually-hidden"> of this table</span></a>`;
  return html`<p class="export">${link('csv', 'CSV')} ${link('json', 'JSON')}</p>`;
}
