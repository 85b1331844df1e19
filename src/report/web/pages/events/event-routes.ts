import type { FastifyInstance } from 'fastify';
import type { PageDeps } from '../../page-deps.ts';
import { pageNumbers, pageRoute, queryOf, send } from '../../page-route.ts';
import { timeRange } from '../../time-range.ts';
import { readKinds } from './asked-events.ts';
import { eventsPage } from './events-page.ts';

/** `/log`: the events of all nodes, from memory. */
export function addEventRoutes(app: FastifyInstance, deps: PageDeps): void {
  app.get('/log', pageRoute(deps, 'viewer'), (request, reply) => {
    const query = queryOf(request);
    const now = deps.now();
    const range = timeRange(query, now);
    const asked = readKinds(query.kinds);
    const numbers = pageNumbers(deps, request);
    const body = eventsPage(deps.events?.() ?? [], range, asked, numbers, now);
    const status = range.problem === null && asked.problem === null ? 200 : 400;
    return send(reply, status, { title: 'Events', at: '/log', body, range, numbersShown: numbers.whole });
  });
}
