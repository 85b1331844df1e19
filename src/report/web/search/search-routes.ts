import type { FastifyInstance } from 'fastify';
import { count } from '../../../call/sentences.ts';
import { type Html, html, said } from '../html.ts';
import { heading } from '../layout.ts';
import type { PageDeps } from '../page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../page-route.ts';
import { CalledNames } from './called-names.ts';
import { type Found, longestSearch, search } from './search.ts';

/** `/search?q=`: leads to the one thing that is meant, or shows what may be meant. */
export function addSearch(app: FastifyInstance, deps: PageDeps): void {
  const names = new CalledNames(deps.records, deps.lists);
  app.get('/search', pageRoute(deps, 'viewer'), async (request, reply) => {
    const text = (queryOf(request).q ?? '').trim().slice(0, longestSearch);
    const numbers = pageNumbers(deps, request);
    const found: Found =
      text === '' ? { groups: [], notes: [] } : await search({ text, deps, names, numbers, now: deps.now() });
    const hits = found.groups.flatMap((group) => group.hits);
    if (hits.length === 1 && hits[0] !== undefined) return reply.redirect(hits[0].href, 303);
    return send(reply, 200, {
      ...{ title: 'Search', at: null, body: searchPage(text, found), numbersShown: numbers.whole },
      searched: text,
    });
  });
}

function searchPage(text: string, { groups, notes }: Found): Html {
  const hits = groups.reduce((all, group) => all + group.hits.length, 0);
  return html`${heading('Search', 'Numbers in any writing, a part of one, names, SIP Call-IDs, rules, campaigns and lists.')}
${text !== '' && html`<p role="status">${hits === 0 ? 'Nothing' : count(hits)} found for ${said(text)}${hits === 0 && ' in the last 90 days'}.</p>`}
${notes.map((note) => html`<p class="notice">${note}</p>`)}
${groups.map(
  ({ title, hits: own }) =>
    html`<section><h2>${title}</h2><ul class="found">${own.map(
      ({ words, more, href }) =>
        html`<li><a href="${href}">${words}</a>${more !== null && html` <span class="quiet">${more}</span>`}</li>`,
    )}</ul></section>`,
)}`;
}
